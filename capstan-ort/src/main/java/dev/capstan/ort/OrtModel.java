package dev.capstan.ort;

import ai.onnxruntime.NodeInfo;
import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtLoggingLevel;
import ai.onnxruntime.OrtSession;
import ai.onnxruntime.TensorInfo;
import dev.capstan.error.InvalidInputException;
import dev.capstan.graph.Constant;
import dev.capstan.graph.Shape;
import dev.capstan.graph.Value;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * A model file in ONNX Runtime, on the CPU. Owns native memory until it is closed; a run may be
 * made from any thread.
 */
public final class OrtModel implements NetworkRunner, AutoCloseable {
  private final Path file;
  private final OrtSession session;
  private final List<Value> inputs;

  private OrtModel(Path file, OrtSession session) throws OrtException {
    this.file = file;
    this.session = session;
    this.inputs = values(session.getInputInfo());
  }

  /**
   * Unpacks and loads ONNX Runtime, so that a lack of room shows before long work, not after it.
   *
   * @throws InvalidInputException if it cannot be unpacked
   */
  public static void load() {
    Environment.INSTANCE.getVersion();
  }

  /** Version of ONNX Runtime. */
  public static String version() {
    return Environment.INSTANCE.getVersion();
  }

  /** The same as the jar says it, for which nothing is loaded. */
  public static String packagedVersion() {
    String version = OrtEnvironment.class.getPackage().getImplementationVersion();
    return version == null ? "unknown" : version;
  }

  /** ONNX Runtime's environment, of which it allows one a process. */
  static OrtEnvironment environment() {
    return Environment.INSTANCE;
  }

  /**
   * Loads a model.
   *
   * @param threads how many one run may use
   * @throws InvalidInputException if there is no such file or ONNX Runtime refuses it
   */
  public static OrtModel open(Path file, int threads) {
    if (!Files.isRegularFile(file)) {
      throw new InvalidInputException(file + ": no such file");
    }
    try (OrtSession.SessionOptions options = options(threads)) {
      return open(file, options);
    } catch (OrtException e) {
      throw refusal(file, "load", e);
    }
  }

  /** A model in memory, for what is no file. */
  static OrtModel of(byte[] model, int threads) {
    Path none = Path.of("operator");
    try (OrtSession.SessionOptions options = options(threads)) {
      return owning(none, Environment.INSTANCE.createSession(model, options));
    } catch (OrtException e) {
      throw refusal(none, "load", e);
    }
  }

  /** Loads a model that takes down how long each of its kernels runs, see {@link #endProfile}. */
  static OrtModel profiled(Path file, int threads, Path folder) {
    try (OrtSession.SessionOptions options = options(threads)) {
      options.enableProfiling(folder.resolve("profile").toString());
      return open(file, options);
    } catch (OrtException e) {
      throw refusal(file, "load", e);
    }
  }

  private static OrtModel open(Path file, OrtSession.SessionOptions options) throws OrtException {
    return owning(file, Environment.INSTANCE.createSession(file.toString(), options));
  }

  private static OrtModel owning(Path file, OrtSession session) throws OrtException {
    try {
      return new OrtModel(file, session);
    } catch (OrtException | RuntimeException e) {
      session.close();
      throw e;
    }
  }

  /**
   * Options of a session. Whatever of ONNX Runtime is used first loads it: not before it is
   * unpacked.
   */
  static OrtSession.SessionOptions options() {
    load();
    return new OrtSession.SessionOptions();
  }

  private static OrtSession.SessionOptions options(int threads) throws OrtException {
    OrtSession.SessionOptions options = options();
    options.setIntraOpNumThreads(threads);
    options.setInterOpNumThreads(1);
    // Threads that wait by spinning take the cores from libtorch's, which share this process.
    options.addConfigEntry("session.intra_op.allow_spinning", "0");
    options.addConfigEntry("session.inter_op.allow_spinning", "0");
    // What goes wrong arrives as an exception; the log would say it twice, past our own log.
    options.setSessionLogLevel(OrtLoggingLevel.ORT_LOGGING_LEVEL_FATAL);
    return options;
  }

  private static List<Value> values(Map<String, NodeInfo> infos) {
    return infos.values().stream().map(OrtTensors::value).toList();
  }

  /** Where it was loaded from. */
  public Path file() {
    return file;
  }

  /** The model's inputs; an extent it leaves open is unknown and has the model's name for it. */
  public List<Value> inputs() {
    return inputs;
  }

  /** The model's outputs. */
  public List<Value> outputs() {
    try {
      return values(session.getOutputInfo());
    } catch (OrtException e) {
      throw refusal(file, "load", e);
    }
  }

  /**
   * Runs the model once. Floating-point inputs are converted to the type the model asks for.
   *
   * @throws InvalidInputException if an input is missing or ONNX Runtime refuses to run
   */
  @Override
  public Map<String, Constant> run(Map<String, Constant> given) {
    try (Prepared prepared = prepare(given)) {
      return prepared.results();
    }
  }

  /**
   * Shapes of the outputs in one run; those that are no tensors have none.
   *
   * @throws InvalidInputException as {@link #run}
   */
  public Map<String, Shape> shapes(Map<String, Constant> given) {
    try (Prepared prepared = prepare(given)) {
      return prepared.shapes();
    }
  }

  /** The inputs of a run that is made many times, copied to native memory once. */
  Prepared prepare(Map<String, Constant> given) {
    Map<String, OnnxTensor> tensors = new LinkedHashMap<>();
    try {
      for (Value input : inputs) {
        Constant tensor = given.get(input.name());
        if (tensor == null) {
          throw new InvalidInputException(
              "%s: nothing given for the input '%s'".formatted(file, input.name()));
        }
        tensors.put(input.name(), OrtTensors.toNative(Environment.INSTANCE, tensor, input));
      }
      return new Prepared(tensors);
    } catch (OrtException e) {
      close(tensors);
      throw refusal(file, "run", e);
    } catch (RuntimeException e) {
      close(tensors);
      throw e;
    }
  }

  /** Ends the taking down; the file, beside the model, holds what it came to. */
  Path endProfile() {
    try {
      return Path.of(session.endProfiling());
    } catch (OrtException e) {
      throw refusal(file, "profile", e);
    }
  }

  private static void close(Map<String, OnnxTensor> tensors) {
    tensors.values().forEach(OnnxTensor::close);
  }

  private static InvalidInputException refusal(Path file, String verb, OrtException e) {
    // "Error code - ORT_FAIL - message: Load model from x failed:Protobuf parsing failed."
    String line = String.valueOf(e.getMessage()).lines().findFirst().orElse("");
    String reason =
        line.replaceFirst("^Error code - \\w+ - message: (Load model from .* failed:)?", "");
    return new InvalidInputException(
        "%s: ONNX Runtime refuses to %s it: %s".formatted(file, verb, reason), e);
  }

  @Override
  public void close() {
    try {
      session.close();
    } catch (OrtException e) {
      throw new IllegalStateException(file + " cannot be closed", e);
    }
  }

  /** Inputs in native memory, which this owns. */
  final class Prepared implements AutoCloseable {
    private final Map<String, OnnxTensor> tensors;

    private Prepared(Map<String, OnnxTensor> tensors) {
      this.tensors = tensors;
    }

    /** Runs and drops the results. */
    void run() {
      try (OrtSession.Result result = session.run(tensors)) {
        // Timed by the caller; the results are of no interest.
      } catch (OrtException e) {
        throw refusal(file, "run", e);
      }
    }

    /** Runs and takes down the shapes of the results. */
    Map<String, Shape> shapes() {
      try (OrtSession.Result result = session.run(tensors)) {
        Map<String, Shape> shapes = new LinkedHashMap<>();
        for (var entry : result) {
          if (entry.getValue().getInfo() instanceof TensorInfo info) {
            shapes.put(entry.getKey(), Shape.of(info.getShape()));
          }
        }
        return shapes;
      } catch (OrtException e) {
        throw refusal(file, "run", e);
      }
    }

    /** Runs and copies the results. */
    Map<String, Constant> results() {
      try (OrtSession.Result result = session.run(tensors)) {
        Map<String, Constant> constants = new LinkedHashMap<>();
        for (var entry : result) {
          constants.put(entry.getKey(), OrtTensors.fromNative(entry.getKey(), entry.getValue()));
        }
        return constants;
      } catch (OrtException e) {
        throw refusal(file, "run", e);
      }
    }

    @Override
    public void close() {
      OrtModel.close(tensors);
    }
  }

  /** One environment a process: ONNX Runtime allows no more. */
  private static final class Environment {
    static final OrtEnvironment INSTANCE = create();

    private static OrtEnvironment create() {
      OrtNatives.unpack();
      OrtEnvironment environment = loaded();
      try {
        // Its builds for Windows report to the system otherwise.
        environment.setTelemetry(false);
      } catch (OrtException e) {
        throw new IllegalStateException("cannot switch ONNX Runtime's telemetry off", e);
      }
      OrtNatives.removeTemporaryFolder();
      return environment;
    }

    private static OrtEnvironment loaded() {
      try {
        return OrtEnvironment.getEnvironment(OrtLoggingLevel.ORT_LOGGING_LEVEL_FATAL, "capstan");
      } catch (ExceptionInInitializerError e) {
        Throwable reason = e;
        while (reason.getCause() != null) {
          reason = reason.getCause();
        }
        throw new InvalidInputException(
            "ONNX Runtime cannot be loaded: %s; it needs temporary files, which are to be in %s: give room or rights there"
                .formatted(reason.getMessage(), System.getProperty("java.io.tmpdir")),
            e);
      }
    }
  }
}
