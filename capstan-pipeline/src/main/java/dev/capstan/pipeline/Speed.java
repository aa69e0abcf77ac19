package dev.capstan.pipeline;

import dev.capstan.graph.Graph;
import dev.capstan.graph.Shape;
import dev.capstan.graph.Value;
import dev.capstan.ort.Latency;
import dev.capstan.ort.LatencyMillis;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Median times of one run in ONNX Runtime, before and after compression.
 *
 * @param batch1 one input a run
 * @param batch32 32 inputs a run, null where the model fixes its batch
 */
public record Speed(Latencies batch1, @Nullable Latencies batch32) {
  private static final int MANY = 32;

  /** Short, since runs before and after take turns: noise hits both. */
  private static final Duration TIMED = Duration.ofMillis(1500);

  /** Latency before and after. */
  public record Latencies(LatencyMillis before, LatencyMillis after) {}

  /** Times a model file and what was made of it. */
  static Speed measure(SourceModel source, Path result) {
    return new Speed(
        latencies(source, result, 1),
        isOpen(source.graph()) ? latencies(source, result, MANY) : null);
  }

  private static boolean isOpen(Graph graph) {
    return !graph.inputs().get(0).type().shape().dims().get(0).isKnown();
  }

  private static Latencies latencies(SourceModel source, Path result, int batch) {
    Map<String, Shape> shapes =
        source.folded().inputs().stream()
            .collect(Collectors.toMap(Value::name, input -> input.type().shape()));
    List<LatencyMillis> both =
        new Latency(batch, shapes, TIMED).measure(List.of(source.file(), result));
    return new Latencies(both.get(0), both.get(1));
  }
}
