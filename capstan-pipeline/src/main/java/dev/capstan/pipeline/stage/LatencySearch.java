package dev.capstan.pipeline.stage;

import dev.capstan.graph.Graph;
import dev.capstan.latency.Effort;
import dev.capstan.latency.FixedBatch;
import dev.capstan.latency.LatencyBudget;
import dev.capstan.latency.LatencyModel;
import dev.capstan.ort.OrtStopwatch;
import dev.capstan.rank.Goal;
import dev.capstan.rank.RankGrid;
import dev.capstan.rank.Ranks;
import dev.capstan.rank.allocate.CompressibleNetwork;
import dev.capstan.space.ChannelSpaces;
import java.time.Duration;

/** Ranks for a goal on latency, measured in ONNX Runtime: batch 1, one thread. */
final class LatencySearch {
  /** Time to spend on each whole network. */
  private static final Duration TIMED = Duration.ofSeconds(2);

  private LatencySearch() {}

  static Ranks ranks(
      CompressibleNetwork network, RankGrid grid, Goal goal, LatencyBudget.Allocator allocator) {
    Graph graph = FixedBatch.of(network.graph().edit().tail(null).build(), 1);
    ChannelSpaces spaces = ChannelSpaces.of(graph, network.residual());
    try (OrtStopwatch stopwatch = OrtStopwatch.start(graph, 1, TIMED)) {
      double whole = stopwatch.originalMillis();
      LatencyModel model = LatencyModel.measure(spaces, grid, stopwatch, whole, Effort.DEFAULT);
      LatencyBudget budget = new LatencyBudget(spaces, model, whole, stopwatch);
      return goal.kind() == Goal.Kind.LATENCY_MS
          ? budget.atMost(goal.amount(), allocator).ranks()
          : budget.speedup(goal.amount(), allocator).ranks();
    }
  }
}
