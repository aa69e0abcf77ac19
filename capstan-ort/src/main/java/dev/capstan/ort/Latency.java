package dev.capstan.ort;

import dev.capstan.ort.result.LatencyMillis;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.stream.IntStream;

/**
 * Times models in ONNX Runtime on random inputs and given ones.
 *
 * <p>Runs of all models are interleaved, so that whatever else the machine does hits them alike.
 * ONNX Runtime's threads wait without spinning, as in every model opened here.
 *
 * @param batch inputs a run, where a model leaves its first axis open
 * @param limit time to spend for each number of threads, warm-up included
 * @param inputs what runs are fed
 * @param check fails for a file that must not be run here; asked before each is
 */
public record Latency(int batch, Duration limit, RunInputs inputs, Consumer<Path> check) {
  /** Latency of models that leave no axis but the first open. */
  public Latency(int batch, Duration limit) {
    this(batch, limit, RunInputs.DRAWN, file -> {});
  }

  /** The latency of each model, in the order given. */
  public List<LatencyMillis> measure(List<Path> files) {
    files.forEach(check);
    ProcessorShare share = new ProcessorShare();
    double[] one = timed(files, 1, jobs -> share.during(() -> medians(jobs)));
    int processors = Runtime.getRuntime().availableProcessors();
    double[] all = processors == 1 ? one : measure(files, processors);
    return IntStream.range(0, files.size())
        .mapToObj(i -> new LatencyMillis(one[i], all[i], share.found()))
        .toList();
  }

  /** The latency of each model with so many threads, in milliseconds; unchecked. */
  public double[] measure(List<Path> files, int threads) {
    return timed(files, threads, this::medians);
  }

  private double[] medians(List<Timed> jobs) {
    return new Interleaved(limit, System::nanoTime).medians(jobs);
  }

  private double[] timed(List<Path> files, int threads, Function<List<Timed>, double[]> timing) {
    List<Timed> timed = new ArrayList<>();
    try {
      for (Path file : files) {
        timed.add(Timed.open(file, threads, batch, inputs));
      }
      return timing.apply(timed);
    } finally {
      timed.forEach(Timed::close);
    }
  }
}
