package dev.capstan.pipeline.machine;

import static java.util.Objects.requireNonNull;

import dev.capstan.files.TemporaryFolder;
import dev.capstan.graph.Constant;
import dev.capstan.graph.Graph;
import dev.capstan.onnx.OnnxWriter;
import dev.capstan.ort.OrtModel;
import dev.capstan.recipe.Compute;
import dev.capstan.torch.TorchNetwork;
import dev.capstan.torch.TorchSession;
import dev.capstan.zoo.Zoo;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/** Half a second of a small network in each engine: whether both load, and compute the same. */
public final class EngineTest {
  private static final double SECONDS = 0.5;
  private static final int BATCH = 8;

  /** Of the largest output: rounding makes them differ by less. */
  private static final double TOLERANCE = 1e-4;

  private final Graph graph = Zoo.randomCifarResNet(1, List.of(16, 32, 64), 10, 1);
  private final Map<String, Constant> inputs = Map.of(graph.inputs().get(0).name(), noise());
  private final List<String> problems;

  private EngineTest(List<String> problems) {
    this.problems = problems;
  }

  /**
   * What an engine did.
   *
   * @param name of the engine
   * @param works whether it could be loaded and run
   * @param imagesPerSecond of a ResNet-8, batch 8, on all threads
   * @param says what it makes use of, or what went wrong
   */
  public record Engine(String name, boolean works, double imagesPerSecond, String says) {}

  /** An engine, and what it gave. */
  private record Tried(Engine engine, float @Nullable [] outputs) {}

  /**
   * Tries both engines.
   *
   * @param problems is told what does not work
   */
  static List<Engine> run(List<String> problems) {
    EngineTest test = new EngineTest(problems);
    Tried torch = test.attempt("libtorch", test::torch);
    Tried ort = test.attempt("ONNX Runtime", test::onnxRuntime);
    test.compare(torch.outputs, ort.outputs);
    return List.of(torch.engine, ort.engine);
  }

  private interface Attempt {
    Tried run(String name);
  }

  /** Natives that cannot be loaded are errors of many kinds, and all of them are an answer. */
  private Tried attempt(String name, Attempt attempt) {
    try {
      return attempt.run(name);
    } catch (RuntimeException | LinkageError e) {
      String line = String.valueOf(e.getMessage()).lines().findFirst().orElse("");
      problems.add(name + " does not work: " + line);
      return new Tried(new Engine(name, false, 0, line), null);
    }
  }

  private Tried torch(String name) {
    Compute compute = Compute.fp32(Runtime.getRuntime().availableProcessors());
    String features = TorchSession.features();
    try (TorchNetwork network = new TorchNetwork(graph, compute)) {
      return timed(name, features, network::run);
    }
  }

  private Tried onnxRuntime(String name) {
    try (TemporaryFolder folder = TemporaryFolder.make()) {
      Path file = folder.path().resolve("test.onnx");
      OnnxWriter.write(graph, file);
      try (OrtModel model = OrtModel.open(file, Runtime.getRuntime().availableProcessors())) {
        return timed(name, OrtModel.version(), model::run);
      }
    }
  }

  private Tried timed(String name, String says, UnaryOperator<Map<String, Constant>> engine) {
    Map<String, Constant> outputs = engine.apply(inputs);
    long start = System.nanoTime();
    int runs = 0;
    double seconds = 0;
    while (seconds < SECONDS) {
      outputs = engine.apply(inputs);
      runs++;
      seconds = (System.nanoTime() - start) * 1e-9;
    }
    return new Tried(new Engine(name, true, BATCH * runs / seconds, says), outputs(outputs));
  }

  private float[] outputs(Map<String, Constant> found) {
    return requireNonNull(found.get(graph.outputs().get(0).name())).floats();
  }

  private void compare(float @Nullable [] one, float @Nullable [] other) {
    if (one == null || other == null) {
      return;
    }
    double largest = 0;
    double difference = 0;
    for (int i = 0; i < one.length; i++) {
      largest = Math.max(largest, Math.abs(one[i]));
      difference = Math.max(difference, Math.abs(one[i] - other[i]));
    }
    if (!(difference <= TOLERANCE * largest)) {
      problems.add(
          "libtorch and ONNX Runtime compute different outputs, %.2g of the largest apart"
              .formatted(difference / largest));
    }
  }

  private static Constant noise() {
    SplittableRandom random = new SplittableRandom(1);
    float[] values = new float[BATCH * 3 * 32 * 32];
    for (int i = 0; i < values.length; i++) {
      values[i] = (float) random.nextDouble(-1, 1);
    }
    return Constant.of(values, BATCH, 3, 32, 32);
  }
}
