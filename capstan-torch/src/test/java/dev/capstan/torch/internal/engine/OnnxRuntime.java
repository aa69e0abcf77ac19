package dev.capstan.torch.internal.engine;

import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtLoggingLevel;
import ai.onnxruntime.OrtSession;
import dev.capstan.graph.Graph;
import dev.capstan.onnx.OnnxWriter;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.FloatBuffer;
import java.util.Map;

/** Runs a graph of one input in ONNX Runtime: what the engine is compared with. */
public final class OnnxRuntime implements AutoCloseable {
  private static final OrtEnvironment ENVIRONMENT = OrtEnvironment.getEnvironment();

  private final Graph graph;
  private final OrtSession session;

  OnnxRuntime(Graph graph) throws OrtException, IOException {
    this.graph = graph;
    ByteArrayOutputStream model = new ByteArrayOutputStream();
    OnnxWriter.write(graph, model);
    try (OrtSession.SessionOptions options = new OrtSession.SessionOptions()) {
      options.setIntraOpNumThreads(1);
      options.setSessionLogLevel(OrtLoggingLevel.ORT_LOGGING_LEVEL_ERROR);
      session = ENVIRONMENT.createSession(model.toByteArray(), options);
    }
  }

  /** The first output. */
  float[] run(float[] input, long... sizes) throws OrtException {
    String name = graph.inputs().get(0).name();
    try (OnnxTensor tensor = OnnxTensor.createTensor(ENVIRONMENT, FloatBuffer.wrap(input), sizes);
        OrtSession.Result result = session.run(Map.of(name, tensor))) {
      FloatBuffer buffer = ((OnnxTensor) result.get(0)).getFloatBuffer();
      float[] values = new float[buffer.remaining()];
      buffer.get(values);
      return values;
    }
  }

  @Override
  public void close() throws OrtException {
    session.close();
  }
}
