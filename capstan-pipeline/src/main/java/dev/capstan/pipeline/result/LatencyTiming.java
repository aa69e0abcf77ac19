package dev.capstan.pipeline.result;

import dev.capstan.files.DraftFolder;
import dev.capstan.graph.Graph;
import dev.capstan.graph.Shape;
import dev.capstan.graph.Value;
import dev.capstan.onnx.OnnxReader;
import dev.capstan.ort.Latency;
import dev.capstan.ort.result.LatencyMillis;
import dev.capstan.pipeline.input.SourceModel;
import dev.capstan.report.Speed;
import dev.capstan.report.Speed.Latencies;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;

/** Times models in ONNX Runtime, before and after compression. */
public final class LatencyTiming {
  private static final int MANY = 32;

  /** Short, since runs before and after take turns: noise hits both. */
  private static final Duration TIMED = Duration.ofMillis(500);

  private LatencyTiming() {}

  /** Times a model file and what was made of it; a tail that was carried over is left out. */
  public static Speed measure(SourceModel source, Path result) {
    if (source.graph().tail().isEmpty()) {
      return measure(source, source.file(), result);
    }
    // What was compressed is compared; ONNX Runtime may not know the rest.
    try (DraftFolder folder = DraftFolder.beside(result)) {
      return measure(
          source,
          Export.head(source.graph(), folder.path().resolve("before.onnx")),
          Export.head(OnnxReader.readPart(result), folder.path().resolve("after.onnx")));
    }
  }

  private static Speed measure(SourceModel source, Path before, Path after) {
    Value input = source.open().inputs().get(0);
    Map<String, Shape> sizes = Map.of(input.name(), input.type().shape());
    return new Speed(
        latencies(before, after, new Latency(1, TIMED, sizes)),
        isOpen(source.graph()) ? latencies(before, after, new Latency(MANY, TIMED, sizes)) : null);
  }

  private static boolean isOpen(Graph graph) {
    return !graph.inputs().get(0).type().shape().dims().get(0).isKnown();
  }

  private static Latencies latencies(Path before, Path after, Latency latency) {
    List<LatencyMillis> both = latency.measure(List.of(before, after));
    return new Latencies(both.get(0), both.get(1));
  }
}
