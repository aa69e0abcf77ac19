package dev.capstan.ort;

import ai.onnxruntime.OnnxValue;
import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtLoggingLevel;
import ai.onnxruntime.OrtSession;
import dev.capstan.graph.Constant;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;

/**
 * The main class of the process that {@link OrtProcess} starts: models come in, their outputs go
 * out. It ends when what it reads does, be it in the middle of a model.
 */
final class OrtChild {
  private static final int MOST_TEXT = 2_000;

  private OrtChild() {}

  /** Answers until there is nothing more to answer. */
  public static void main(String[] arguments) throws InterruptedException, IOException {
    BlockingQueue<byte[]> models = new LinkedBlockingQueue<>();
    Thread reader = new Thread(() -> read(new DataInputStream(System.in), models));
    reader.setDaemon(true);
    reader.start();
    DataOutputStream answers = new DataOutputStream(System.out);
    try (OrtEnvironment environment =
        OrtEnvironment.getEnvironment(OrtLoggingLevel.ORT_LOGGING_LEVEL_FATAL, "capstan")) {
      while (true) {
        answer(environment, models.take(), answers);
        answers.flush();
      }
    }
  }

  /** Halts where the other process has gone: whoever computes must not go on alone. */
  private static void read(DataInputStream stream, BlockingQueue<byte[]> models) {
    try {
      while (true) {
        models.add(stream.readNBytes(stream.readInt()));
      }
    } catch (IOException e) {
      Runtime.getRuntime().halt(0);
    }
  }

  private static void answer(OrtEnvironment environment, byte[] model, DataOutputStream answers)
      throws IOException {
    Map<String, Constant> outputs;
    try {
      outputs = outputs(environment, model);
    } catch (OrtException | RuntimeException e) {
      String line = String.valueOf(e.getMessage()).lines().findFirst().orElse("");
      answers.writeInt(-1);
      answers.writeUTF(line.substring(0, Math.min(line.length(), MOST_TEXT)));
      return;
    }
    answers.writeInt(outputs.size());
    for (Map.Entry<String, Constant> output : outputs.entrySet()) {
      answers.writeUTF(output.getKey());
      ConstantStream.write(answers, output.getValue());
    }
  }

  private static Map<String, Constant> outputs(OrtEnvironment environment, byte[] model)
      throws OrtException {
    try (OrtSession.SessionOptions options = new OrtSession.SessionOptions()) {
      options.setIntraOpNumThreads(1);
      options.setInterOpNumThreads(1);
      options.setOptimizationLevel(OrtSession.SessionOptions.OptLevel.NO_OPT);
      options.setSessionLogLevel(OrtLoggingLevel.ORT_LOGGING_LEVEL_FATAL);
      Map<String, Constant> outputs = new LinkedHashMap<>();
      try (OrtSession session = environment.createSession(model, options);
          OrtSession.Result result = session.run(Map.of())) {
        for (Map.Entry<String, OnnxValue> entry : result) {
          outputs.put(entry.getKey(), OrtTensors.fromNative(entry.getKey(), entry.getValue()));
        }
      }
      return outputs;
    }
  }
}
