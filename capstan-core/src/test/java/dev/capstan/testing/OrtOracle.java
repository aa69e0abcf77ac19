package dev.capstan.testing;

import ai.onnxruntime.NodeInfo;
import ai.onnxruntime.OnnxJavaType;
import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OnnxValue;
import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtLoggingLevel;
import ai.onnxruntime.OrtSession;
import ai.onnxruntime.TensorInfo;
import ai.onnxruntime.platform.Fp16Conversions;
import dev.capstan.graph.Graph;
import dev.capstan.onnx.OnnxWriter;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.FloatBuffer;
import java.nio.LongBuffer;
import java.nio.ShortBuffer;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.SplittableRandom;

/**
 * Says what a network gives, by ONNX Runtime: the judge of what we read, write and compute.
 *
 * <p>One thread, and none that spins: tests run beside each other.
 */
public final class OrtOracle {
  private OrtOracle() {}

  /**
   * A float32 tensor.
   *
   * @param values elements, row-major
   * @param shape extents
   */
  @SuppressWarnings("ArrayRecordComponent") // Tests compare its parts, never two of them.
  public record Tensor(float[] values, long... shape) {
    /** Elements between -1 and 1 that depend on the seed alone. */
    public static Tensor random(long seed, long... shape) {
      SplittableRandom random = new SplittableRandom(seed);
      long elements = 1;
      for (long size : shape) {
        elements *= size;
      }
      float[] values = new float[Math.toIntExact(elements)];
      for (int i = 0; i < values.length; i++) {
        values[i] = (float) random.nextDouble(-1, 1);
      }
      return new Tensor(values, shape);
    }

    /** Whole numbers from 0 to 255. */
    static Tensor bytes(long seed, long... shape) {
      Tensor tensor = random(seed, shape);
      for (int i = 0; i < tensor.values().length; i++) {
        tensor.values()[i] = (float) Math.floor((tensor.values()[i] + 1) * 128) % 256;
      }
      return tensor;
    }
  }

  /** Outputs by name, of a graph as we write it. */
  public static Map<String, Tensor> run(Graph graph, Map<String, Tensor> inputs) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try {
      OnnxWriter.write(graph, bytes);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return run(bytes.toByteArray(), inputs);
  }

  /** Outputs by name, of a model in memory. */
  public static Map<String, Tensor> run(byte[] model, Map<String, Tensor> inputs) {
    return run((environment, options) -> environment.createSession(model, options), inputs);
  }

  /** Outputs by name, of a file. */
  public static Map<String, Tensor> run(Path model, Map<String, Tensor> inputs) {
    return run(
        (environment, options) -> environment.createSession(model.toString(), options), inputs);
  }

  /** Shapes of the outputs of a model in memory, as it stands: nothing is fused. */
  public static Map<String, long[]> shapes(byte[] model, Map<String, Tensor> inputs) {
    Map<String, long[]> shapes = new LinkedHashMap<>();
    run(
        (environment, options) -> environment.createSession(model, options),
        inputs,
        (name, value) -> {
          if (value.getInfo() instanceof TensorInfo info) {
            shapes.put(name, info.getShape());
          }
        });
    return shapes;
  }

  private interface Loader {
    OrtSession load(OrtEnvironment environment, OrtSession.SessionOptions options)
        throws OrtException;
  }

  private interface Reader {
    void read(String name, OnnxValue value) throws OrtException;
  }

  private static Map<String, Tensor> run(Loader loader, Map<String, Tensor> inputs) {
    Map<String, Tensor> outputs = new LinkedHashMap<>();
    run(
        loader,
        inputs,
        (name, value) -> {
          OnnxTensor tensor = (OnnxTensor) value;
          outputs.put(name, new Tensor(values(tensor), tensor.getInfo().getShape()));
        });
    return outputs;
  }

  private static void run(Loader loader, Map<String, Tensor> inputs, Reader reader) {
    OrtEnvironment environment = OrtEnvironment.getEnvironment();
    Map<String, OnnxTensor> given = new LinkedHashMap<>();
    try (OrtSession.SessionOptions options = options();
        OrtSession session = loader.load(environment, options)) {
      for (NodeInfo input : session.getInputInfo().values()) {
        Tensor tensor = inputs.get(input.getName());
        given.put(input.getName(), given(environment, input, tensor));
      }
      try (OrtSession.Result result = session.run(given)) {
        for (Map.Entry<String, OnnxValue> entry : result) {
          reader.read(entry.getKey(), entry.getValue());
        }
      }
    } catch (OrtException e) {
      throw new AssertionError("ONNX Runtime refuses the model: " + e.getMessage(), e);
    } finally {
      given.values().forEach(OnnxTensor::close);
    }
  }

  private static OnnxTensor given(OrtEnvironment environment, NodeInfo input, Tensor tensor)
      throws OrtException {
    FloatBuffer values = FloatBuffer.wrap(tensor.values());
    OnnxJavaType type = ((TensorInfo) input.getInfo()).type;
    if (type == OnnxJavaType.UINT8) {
      ByteBuffer bytes = ByteBuffer.allocateDirect(tensor.values().length);
      for (float value : tensor.values()) {
        bytes.put((byte) (int) value);
      }
      return OnnxTensor.createTensor(environment, bytes.flip(), tensor.shape(), type);
    }
    if (type == OnnxJavaType.FLOAT16) {
      ShortBuffer half = Fp16Conversions.convertFloatBufferToFp16Buffer(values);
      return OnnxTensor.createTensor(environment, half, tensor.shape(), OnnxJavaType.FLOAT16);
    }
    return OnnxTensor.createTensor(environment, values, tensor.shape());
  }

  private static OrtSession.SessionOptions options() throws OrtException {
    OrtSession.SessionOptions options = new OrtSession.SessionOptions();
    // Its own shape inference knows ceil_mode less well than its kernels, and says so each time.
    options.setSessionLogLevel(OrtLoggingLevel.ORT_LOGGING_LEVEL_ERROR);
    // What is fused is rounded otherwise, and to look for it takes longer than to run the model.
    options.setOptimizationLevel(OrtSession.SessionOptions.OptLevel.NO_OPT);
    options.setIntraOpNumThreads(1);
    options.setInterOpNumThreads(1);
    options.addConfigEntry("session.intra_op.allow_spinning", "0");
    return options;
  }

  private static float[] values(OnnxTensor tensor) {
    boolean whole = tensor.getInfo().type == OnnxJavaType.INT64;
    FloatBuffer floats = whole ? FloatBuffer.allocate(0) : tensor.getFloatBuffer();
    LongBuffer longs = whole ? tensor.getLongBuffer() : LongBuffer.allocate(0);
    float[] values = new float[floats.remaining() + longs.remaining()];
    for (int i = 0; i < values.length; i++) {
      values[i] = whole ? longs.get() : floats.get();
    }
    return values;
  }
}
