package dev.capstan.torch.internal.train;

import dev.capstan.data.Batch;
import dev.capstan.data.Batches;
import dev.capstan.graph.Graph;
import dev.capstan.graph.op.Conv;
import dev.capstan.recipe.WorkListener;
import dev.capstan.rewrite.RestoreBatchNorm.Statistics;
import dev.capstan.torch.internal.engine.BatchLoop;
import dev.capstan.torch.internal.engine.Execution;
import dev.capstan.torch.internal.engine.Program;
import dev.capstan.torch.internal.engine.Values;
import dev.capstan.torch.internal.tensor.Tensors;
import java.util.HashMap;
import java.util.Map;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.NoGradGuard;

/** Mean and variance of the channels that every Conv of a network writes, over some images. */
public final class ChannelMoments {
  private ChannelMoments() {}

  /** The statistics by the name of a Conv's output; takes all batches. */
  public static Map<String, Statistics> of(
      Graph graph, Batches batches, Execution execution, WorkListener listener) {
    Map<String, ChannelSum> sums = new HashMap<>();
    try (Program program = new Program(graph, execution)) {
      BatchLoop.run("channel statistics", batches, listener, batch -> add(program, batch, sums));
    }
    Map<String, Statistics> statistics = new HashMap<>();
    sums.forEach((value, sum) -> statistics.put(value, sum.statistics()));
    return statistics;
  }

  private static void add(Program program, Batch batch, Map<String, ChannelSum> sums) {
    try (NoGradGuard guard = new NoGradGuard();
        PointerScope scope = new PointerScope();
        Values values = program.begin(Tensors.of(batch))) {
      program.walk(
          values,
          (step, run) -> {
            program.execute(step, run);
            if (step.node().operator() instanceof Conv) {
              ChannelSum sum = ChannelSum.of(run.get(step.outputs().get(0)));
              sums.merge(step.node().output(), sum, ChannelSum::plus);
            }
          });
    }
  }
}
