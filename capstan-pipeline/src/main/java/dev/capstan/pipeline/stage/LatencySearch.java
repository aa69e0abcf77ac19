package dev.capstan.pipeline.stage;

import dev.capstan.graph.Graph;
import dev.capstan.graph.Tail;
import dev.capstan.latency.Effort;
import dev.capstan.latency.FixedBatch;
import dev.capstan.latency.LatencyBudget;
import dev.capstan.latency.LatencyModel;
import dev.capstan.ort.Latency;
import dev.capstan.ort.OrtStopwatch;
import dev.capstan.pipeline.input.ModelInput;
import dev.capstan.pipeline.input.Trials;
import dev.capstan.rank.Goal;
import dev.capstan.rank.RankGrid;
import dev.capstan.rank.Ranks;
import dev.capstan.rank.allocate.CompressibleNetwork;
import dev.capstan.space.ChannelSpaces;
import java.nio.file.Path;
import java.time.Duration;

/**
 * Ranks for a goal on latency, measured in ONNX Runtime: batch 1, one thread. What is measured is
 * the whole file, or the part before a tail that ONNX Runtime cannot run.
 *
 * @param input the model and what it is fed
 * @param network the part of it that is compressed
 */
record LatencySearch(ModelInput input, CompressibleNetwork network) {
  /** Time to spend on each whole network. */
  private static final Duration TIMED = Duration.ofSeconds(2);

  Ranks ranks(RankGrid grid, Goal goal, LatencyBudget.Allocator allocator) {
    Graph graph = FixedBatch.of(network.graph().edit().tail(null).build(), 1);
    ChannelSpaces spaces = ChannelSpaces.of(graph, network.residual());
    Latency latency = new Latency(1, TIMED, input.runInputs(), this::check);
    try (OrtStopwatch stopwatch = OrtStopwatch.start(graph, 1, latency, this::whole)) {
      double whole = stopwatch.originalMillis();
      LatencyModel model = LatencyModel.measure(spaces, grid, stopwatch, whole, Effort.DEFAULT);
      LatencyBudget budget = new LatencyBudget(spaces, model, whole, stopwatch);
      return goal.kind() == Goal.Kind.LATENCY_MS
          ? budget.atMost(goal.amount(), allocator).ranks()
          : budget.speedup(goal.amount(), allocator).ranks();
    }
  }

  /** A network as its file has it, with the tail that time is told for too. */
  Graph whole(Graph part) {
    Tail tail = network.graph().tail().orElse(null);
    return tail != null && isWhole()
        ? input.source().restore(part).edit().tail(tail).build()
        : part;
  }

  /** What would end this process ends another first. */
  private void check(Path file) {
    if (isWhole() || Trials.isRisky(network.graph())) {
      new Trials(input.source(), input.runInputs()).require(file, 1);
    }
  }

  private boolean isWhole() {
    return network.graph().tail().isPresent() && input.source().refusal() == null;
  }
}
