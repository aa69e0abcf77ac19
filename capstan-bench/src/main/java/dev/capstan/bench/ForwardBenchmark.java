package dev.capstan.bench;

import dev.capstan.graph.Constant;
import dev.capstan.graph.Graph;
import dev.capstan.graph.Shape;
import dev.capstan.onnx.OnnxWriter;
import dev.capstan.ort.OrtModel;
import dev.capstan.recipe.Compute;
import dev.capstan.recipe.Compute.Precision;
import dev.capstan.rewrite.FoldBatchNorm;
import dev.capstan.rewrite.Rewriter;
import dev.capstan.torch.TorchNetwork;
import dev.capstan.zoo.Zoo;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.SplittableRandom;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Compares the engine's forward pass with ONNX Runtime's: same network (batch normalization
 * folded), batch 64, same threads, in turns in one process.
 *
 * <p>Arguments: number of threads (2), precision of the engine (fp32), rounds (200).
 */
public final class ForwardBenchmark {
  private static final Logger LOG = LoggerFactory.getLogger(ForwardBenchmark.class);
  private static final long[] IMAGES = {64, 3, 32, 32};
  private static final List<String> NETWORKS = List.of("resnet20", "vgg16-bn-cifar");
  private static final int WARM_UP = 8;

  private final Compute compute;
  private final int rounds;

  private ForwardBenchmark(Compute compute, int rounds) {
    this.compute = compute;
    this.rounds = rounds;
  }

  /** Runs the comparison. */
  public static void main(String[] args) throws IOException {
    int threads = args.length > 0 ? Integer.parseInt(args[0]) : 2;
    String precision = args.length > 1 ? args[1] : "fp32";
    int rounds = args.length > 2 ? Integer.parseInt(args[2]) : 200;
    Compute compute = new Compute(Precision.valueOf(precision.toUpperCase(Locale.ROOT)), threads);
    ForwardBenchmark benchmark = new ForwardBenchmark(compute, rounds);
    for (String network : NETWORKS) {
      benchmark.compare(network);
    }
  }

  private void compare(String network) throws IOException {
    Graph graph = Rewriter.apply(Zoo.random(network, 1), new FoldBatchNorm());
    Path file = Files.createTempFile("capstan", ".onnx");
    try {
      OnnxWriter.write(graph, file);
      try (TorchNetwork engine = new TorchNetwork(graph, compute);
          OrtModel runtime = OrtModel.open(file, compute.threads())) {
        Map<String, Constant> images = Map.of(graph.inputs().get(0).name(), images());
        report(network, () -> engine.run(images), () -> runtime.run(images));
      }
    } finally {
      Files.delete(file);
    }
  }

  private static Constant images() {
    float[] pixels = new float[Math.toIntExact(Shape.of(IMAGES).elements())];
    SplittableRandom random = new SplittableRandom(1);
    for (int i = 0; i < pixels.length; i++) {
      pixels[i] = (float) random.nextDouble() * 2 - 1;
    }
    return Constant.of(pixels, IMAGES);
  }

  private void report(String network, Runnable engine, Runnable runtime) {
    double[] engineMillis = new double[rounds];
    double[] runtimeMillis = new double[rounds];
    for (int round = -WARM_UP; round < rounds; round++) {
      double engineTime = millis(engine);
      double runtimeTime = millis(runtime);
      if (round >= 0) {
        engineMillis[round] = engineTime;
        runtimeMillis[round] = runtimeTime;
      }
    }
    double median = median(engineMillis);
    double runtimeMedian = median(runtimeMillis);
    String line = "%s, %d threads, %s: engine %.1f ms, ONNX Runtime %.1f ms, ratio %.2f";
    LOG.info(
        line.formatted(
            network,
            compute.threads(),
            compute.precision(),
            median,
            runtimeMedian,
            median / runtimeMedian));
  }

  private static double millis(Runnable work) {
    long start = System.nanoTime();
    work.run();
    return (System.nanoTime() - start) / 1e6;
  }

  private static double median(double[] values) {
    double[] sorted = values.clone();
    Arrays.sort(sorted);
    return sorted[sorted.length / 2];
  }
}
