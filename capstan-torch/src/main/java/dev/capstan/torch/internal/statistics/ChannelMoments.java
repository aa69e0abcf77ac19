package dev.capstan.torch.internal.statistics;

import dev.capstan.data.Batch;
import dev.capstan.data.ImageSubset;
import dev.capstan.graph.Graph;
import dev.capstan.rewrite.RestoreBatchNorm.Statistics;
import dev.capstan.torch.internal.distributed.BatchSums;
import dev.capstan.torch.internal.distributed.Parcel;
import dev.capstan.torch.internal.distributed.ProcessGroup;
import dev.capstan.torch.internal.distributed.Summation;
import dev.capstan.torch.internal.engine.Execution;
import dev.capstan.torch.internal.engine.Program;
import dev.capstan.torch.internal.engine.Values;
import dev.capstan.torch.internal.tensor.Tensors;
import java.util.List;
import java.util.Map;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.NoGradGuard;

/**
 * Mean and variance of the channels that the Convs of a network write, over some images. Owns the
 * network's weights.
 */
public final class ChannelMoments implements BatchSums {
  /** What others take their part in. */
  public static final String WORK = "channel statistics";

  private final Graph graph;
  private final Program program;
  private final ChannelSums sums;

  private ChannelMoments(Graph graph, Execution execution) {
    this.graph = graph;
    this.program = new Program(graph, execution);
    this.sums = new ChannelSums(graph);
  }

  /** What was told of some. */
  public static ChannelMoments of(Parcel told, ImageSubset images, Execution execution) {
    return new ChannelMoments(told.networks().get(0), execution);
  }

  /**
   * The statistics by the name of a Conv's output.
   *
   * @param batch images a batch
   */
  public static Map<String, Statistics> of(
      Graph graph, ImageSubset images, int batch, Summation summation) {
    try (ChannelMoments moments = new ChannelMoments(graph, summation.execution())) {
      return summation.over(WORK, images, batch, moments).sums.statistics();
    }
  }

  @Override
  public Parcel told() {
    return new Parcel(WORK, Map.of(), Map.of(), List.of(graph));
  }

  @Override
  public void add(Batch batch, long first) {
    try (NoGradGuard guard = new NoGradGuard();
        PointerScope scope = new PointerScope();
        Values values = program.begin(Tensors.of(batch))) {
      program.walk(
          values,
          (step, run) -> {
            program.execute(step, run);
            if (sums.has(step.node().output())) {
              sums.add(step.node().output(), ChannelSum.of(run.get(step.outputs().get(0))));
            }
          });
    }
  }

  @Override
  public void endStep(ProcessGroup group, long passed) {
    sums.endStep(group);
  }

  /** Each step has brought them together. */
  @Override
  public void total(ProcessGroup group) {}

  @Override
  public void close() {
    program.close();
  }
}
