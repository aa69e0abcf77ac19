package dev.capstan.ort;

import dev.capstan.files.TemporaryFolder;
import dev.capstan.graph.Constant;
import dev.capstan.graph.DataType;
import dev.capstan.graph.Graph;
import dev.capstan.graph.Shape;
import dev.capstan.graph.TensorType;
import dev.capstan.graph.op.Conv;
import dev.capstan.graph.op.Window;
import dev.capstan.latency.Stopwatch;
import dev.capstan.onnx.OnnxWriter;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.function.UnaryOperator;

/**
 * Measures in ONNX Runtime, always in turn with something whose time is known: whole networks with
 * the original one, operators with a small convolution. So a slow phase of a shared machine, which
 * slows both alike, cancels.
 *
 * <p>Owns a folder of temporary files until it is closed.
 */
public final class OrtStopwatch implements Stopwatch, AutoCloseable {
  private static final Interleaved OPERATOR =
      new Interleaved(Duration.ofMillis(40), System::nanoTime);

  private final int threads;
  private final Latency network;
  private final UnaryOperator<Graph> whole;
  private final TemporaryFolder folder;
  private final Path original;
  private final Path convolution;
  private final double originalMillis;
  private final double convolutionMillis;

  private OrtStopwatch(
      TemporaryFolder folder,
      Graph original,
      int threads,
      Latency network,
      UnaryOperator<Graph> whole) {
    this.threads = threads;
    this.network = network;
    this.whole = whole;
    this.folder = folder;
    this.original = checked("original", original);
    this.convolution = write("convolution", convolution());
    double[] millis = network.measure(List.of(this.original, convolution), threads);
    this.originalMillis = millis[0];
    this.convolutionMillis = millis[1];
  }

  /**
   * Measures the original, and then is ready for others.
   *
   * @param original the network that others are compared with, every extent known
   * @param threads how many a run may use
   * @param network how whole networks are timed
   * @param whole gives the network that is timed where one is asked for
   */
  public static OrtStopwatch start(
      Graph original, int threads, Latency network, UnaryOperator<Graph> whole) {
    TemporaryFolder folder = TemporaryFolder.make();
    try {
      return new OrtStopwatch(folder, original, threads, network, whole);
    } catch (RuntimeException e) {
      folder.close();
      throw e;
    }
  }

  /** 64 channels of 28 x 28: long enough to be timed, and short beside what it is compared with. */
  private static Graph convolution() {
    TensorType type = new TensorType(DataType.FLOAT32, Shape.of(1, 64, 28, 28));
    return Graph.builder("reference")
        .input("x", type)
        .constant("w", Constant.of(new float[64 * 64 * 9], 64, 64, 3, 3))
        .node(new Conv(Window.square(3, 1, 1), 1), "y", "x", "w")
        .output("y", type)
        .build();
  }

  /** What the original took. */
  public double originalMillis() {
    return originalMillis;
  }

  @Override
  public double network(Graph graph) {
    Path file = checked("network", graph);
    double[] millis = network.measure(List.of(original, file), threads);
    return originalMillis * millis[1] / millis[0];
  }

  @Override
  public double operators(Graph graph) {
    Path file = write("operators", graph);
    try (Timed reference = Timed.open(convolution, threads, 1, RunInputs.DRAWN);
        Timed timed =
            Timed.of(OrtModel.profiled(file, threads, folder.path()), 1, RunInputs.DRAWN)) {
      double[] millis = OPERATOR.medians(List.of(reference, timed));
      double kernels =
          Profile.end(timed.model()).stream()
              .filter(KernelTime::computes)
              .mapToDouble(KernelTime::millis)
              .sum();
      return convolutionMillis * kernels / millis[0];
    }
  }

  private Path checked(String name, Graph graph) {
    Path file = write(name, whole.apply(graph));
    network.check().accept(file);
    return file;
  }

  private Path write(String name, Graph graph) {
    Path file = folder.path().resolve(name + ".onnx");
    OnnxWriter.write(graph, file);
    return file;
  }

  @Override
  public void close() {
    folder.close();
  }
}
