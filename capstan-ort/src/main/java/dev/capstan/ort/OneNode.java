package dev.capstan.ort;

import ai.onnxruntime.OnnxValue;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtLoggingLevel;
import ai.onnxruntime.OrtSession;
import dev.capstan.graph.Constant;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * Asks for the outputs of a model without inputs, by name.
 *
 * @param model the file's bytes
 */
@SuppressWarnings("ArrayRecordComponent") // never compared
record OneNode(byte[] model) implements Question<Map<String, Constant>> {
  @Override
  public void write(DataOutputStream stream) throws IOException {
    stream.writeBoolean(false);
    stream.write(model);
  }

  @Override
  public Map<String, Constant> readAnswer(DataInputStream stream) throws IOException {
    return ConstantStream.readAll(stream);
  }

  @Override
  public void answer(DataOutputStream stream) throws IOException, OrtException {
    ConstantStream.writeAll(stream, outputs());
  }

  private Map<String, Constant> outputs() throws OrtException {
    try (OrtSession.SessionOptions options = OrtModel.options()) {
      options.setIntraOpNumThreads(1);
      options.setInterOpNumThreads(1);
      options.setOptimizationLevel(OrtSession.SessionOptions.OptLevel.NO_OPT);
      options.setSessionLogLevel(OrtLoggingLevel.ORT_LOGGING_LEVEL_FATAL);
      Map<String, Constant> outputs = new LinkedHashMap<>();
      try (OrtSession session = OrtModel.environment().createSession(model, options);
          OrtSession.Result result = session.run(Map.of())) {
        for (Map.Entry<String, OnnxValue> entry : result) {
          outputs.put(entry.getKey(), OrtTensors.fromNative(entry.getKey(), entry.getValue()));
        }
      }
      return outputs;
    }
  }
}
