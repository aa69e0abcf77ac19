package dev.capstan.torch.internal.train;

import dev.capstan.compress.Encoding;
import dev.capstan.data.Batch;
import dev.capstan.data.Batches;
import dev.capstan.graph.Graph;
import dev.capstan.graph.Node;
import dev.capstan.graph.op.Conv;
import dev.capstan.rewrite.FoldBatchNorm;
import dev.capstan.rewrite.RestoreBatchNorm;
import dev.capstan.rewrite.RestoreBatchNorm.Statistics;
import dev.capstan.rewrite.Rewriter;
import dev.capstan.space.Bases;
import dev.capstan.space.ChannelSpaces;
import dev.capstan.space.Matrix;
import dev.capstan.torch.internal.engine.Execution;
import dev.capstan.torch.internal.engine.Program;
import dev.capstan.torch.internal.engine.Step;
import dev.capstan.torch.internal.engine.Values;
import dev.capstan.torch.internal.tensor.Tensors;
import java.util.HashMap;
import java.util.Map;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.NoGradGuard;
import org.bytedeco.pytorch.Tensor;

/**
 * Gives the Convs of a compressed network the statistics that the original's have, {@code E^T y}
 * where y was compressed:
 *
 * <pre>
 *   y'' = std(E^T y) (y' - mean(y')) / std(y') + mean(E^T y)
 * </pre>
 *
 * <p>Each Conv is measured behind corrected ones: within a batch, by the batch's own statistics on
 * both sides, as BatchNorm does in training. So one pass over the images is enough, and a network
 * that was not compressed stays as it is.
 */
public final class Reestimation implements AutoCloseable {
  private final Graph compressed;

  /** E by value of the original, where a Conv gives it and it is compressed. */
  private final Map<String, Matrix> encodes = new HashMap<>();

  private final Program left;
  private final Program right;
  private final Map<String, ChannelSum> wanted = new HashMap<>();
  private final Map<String, ChannelSum> found = new HashMap<>();

  /**
   * Compares a network with what it was compressed from.
   *
   * @param spaces of the original
   */
  public Reestimation(
      Graph compressed, Graph original, ChannelSpaces spaces, Bases bases, Execution execution) {
    this.compressed = compressed;
    for (Node node : original.nodes()) {
      boolean isConv = node.operator() instanceof Conv;
      Matrix encode = isConv ? Encoding.of(node.output(), spaces, bases) : null;
      if (encode != null) {
        encodes.put(node.output(), encode);
      }
    }
    this.left = new Program(original, execution);
    this.right = new Program(compressed, execution);
  }

  /** The compressed network with new filters and biases; takes all batches. */
  public Graph over(Batches batches) {
    while (batches.hasNext()) {
      add(batches.next());
    }
    Graph restored =
        Rewriter.apply(compressed, new RestoreBatchNorm(statistics(found), statistics(wanted)));
    return Rewriter.apply(restored, new FoldBatchNorm());
  }

  private static Map<String, Statistics> statistics(Map<String, ChannelSum> sums) {
    Map<String, Statistics> statistics = new HashMap<>();
    sums.forEach((value, sum) -> statistics.put(value, sum.statistics()));
    return statistics;
  }

  private void add(Batch batch) {
    try (NoGradGuard guard = new NoGradGuard();
        PointerScope scope = new PointerScope()) {
      Tensor images = Tensors.of(batch.pixels(), batch.shape());
      Map<String, ChannelSum> targets = targets(images);
      targets.forEach((value, sum) -> wanted.merge(value, sum, ChannelSum::plus));
      correct(images, targets);
    }
  }

  /** What the compressed Convs ought to give. */
  private Map<String, ChannelSum> targets(Tensor images) {
    Map<String, ChannelSum> targets = new HashMap<>();
    try (Values values = left.begin(images)) {
      for (Step step : left.steps()) {
        left.infer(step, values);
        String output = step.node().output();
        if (step.node().operator() instanceof Conv && isCorrected(output)) {
          Tensor full = values.get(step.outputs().get(0));
          targets.put(output, ChannelSum.of(encoded(output, full)));
        }
        values.drop(step.lastUses());
      }
    }
    return targets;
  }

  private boolean isCorrected(String output) {
    Node node = compressed.producer(output);
    return node != null && RestoreBatchNorm.fits(compressed, node);
  }

  /** {@code E^T y}. */
  private Tensor encoded(String value, Tensor full) {
    Matrix encode = encodes.get(value);
    if (encode == null) {
      return full;
    }
    Tensor matrix = Tensors.of(encode.values(), encode.rows(), encode.columns());
    return full.to(matrix.scalar_type()).movedim(1, -1).matmul(matrix).movedim(-1, 1);
  }

  private void correct(Tensor images, Map<String, ChannelSum> targets) {
    try (Values values = right.begin(images)) {
      for (Step step : right.steps()) {
        right.execute(step, values);
        ChannelSum target = targets.get(step.node().output());
        if (target != null) {
          int slot = step.outputs().get(0);
          ChannelSum own = ChannelSum.of(values.get(slot));
          found.merge(step.node().output(), own, ChannelSum::plus);
          values.own(slot, own.moved(values.get(slot), target));
        }
        values.drop(step.lastUses());
      }
    }
  }

  @Override
  public void close() {
    left.close();
    right.close();
  }
}
