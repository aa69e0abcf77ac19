package dev.capstan.pipeline.stage;

import dev.capstan.graph.Graph;
import dev.capstan.job.Goal;
import dev.capstan.latency.Effort;
import dev.capstan.latency.FixedBatch;
import dev.capstan.latency.LatencyBudget;
import dev.capstan.latency.LatencyModel;
import dev.capstan.ort.OrtStopwatch;
import dev.capstan.rank.RankGrid;
import dev.capstan.rank.Ranks;
import dev.capstan.space.ChannelSpaces;
import java.time.Duration;

/** Ranks for a goal on latency, measured in ONNX Runtime: batch 1, one thread. */
final class LatencySearch {
  /** Time to spend on each whole network. */
  private static final Duration TIMED = Duration.ofSeconds(2);

  private LatencySearch() {}

  static Ranks ranks(
      CompressibleNetwork frame, RankGrid grid, Goal goal, LatencyBudget.Allocator allocator) {
    Graph graph = FixedBatch.of(frame.graph().edit().tail(null).build(), 1);
    ChannelSpaces spaces = ChannelSpaces.of(graph, frame.residual());
    try (OrtStopwatch stopwatch = OrtStopwatch.start(graph, 1, TIMED)) {
      double whole = stopwatch.originalMillis();
      LatencyModel model =
          LatencyModel.measure(graph, spaces, grid, stopwatch, whole, Effort.DEFAULT);
      LatencyBudget budget = new LatencyBudget(graph, spaces, model, whole, stopwatch);
      return goal.kind() == Goal.Kind.LATENCY_MS
          ? budget.atMost(goal.amount(), allocator).ranks()
          : budget.speedup(goal.amount(), allocator).ranks();
    }
  }
}
