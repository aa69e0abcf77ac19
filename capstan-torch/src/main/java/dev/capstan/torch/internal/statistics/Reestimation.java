package dev.capstan.torch.internal.statistics;

import dev.capstan.compress.CompressedNetwork;
import dev.capstan.compress.Encoding;
import dev.capstan.data.Batch;
import dev.capstan.data.ImageSubset;
import dev.capstan.error.InvalidInputException;
import dev.capstan.graph.Graph;
import dev.capstan.graph.Node;
import dev.capstan.graph.op.Conv;
import dev.capstan.recipe.stage.CalibrationRecipe;
import dev.capstan.rewrite.FoldBatchNorm;
import dev.capstan.rewrite.RestoreBatchNorm;
import dev.capstan.rewrite.Rewriter;
import dev.capstan.space.Matrix;
import dev.capstan.torch.internal.distributed.BatchSums;
import dev.capstan.torch.internal.distributed.Parcel;
import dev.capstan.torch.internal.distributed.ProcessGroup;
import dev.capstan.torch.internal.distributed.Summation;
import dev.capstan.torch.internal.distributed.ToldCompression;
import dev.capstan.torch.internal.engine.Execution;
import dev.capstan.torch.internal.engine.InferenceBatch;
import dev.capstan.torch.internal.engine.Program;
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
 *
 * <p>Owns the weights of both networks.
 */
public final class Reestimation implements BatchSums {
  /** What others take their part in. */
  public static final String WORK = "the re-estimation";

  private final CompressedNetwork network;
  private final Graph compressed;

  /** E by value of the original, where a Conv gives it and it is compressed. */
  private final Map<String, Matrix> encodes = new HashMap<>();

  private final Program left;
  private final Program right;
  private final ChannelSums wanted;
  private final ChannelSums found;

  /** Compares a network with what it was compressed from. */
  private Reestimation(CompressedNetwork network, Execution execution) {
    this.network = network;
    this.compressed = network.graph();
    for (Node node : network.original().nodes()) {
      boolean isConv = node.operator() instanceof Conv;
      Matrix encode = isConv ? Encoding.of(node.output(), network.spaces(), network.bases()) : null;
      if (encode != null) {
        encodes.put(node.output(), encode);
      }
    }
    this.left = new Program(network.original(), execution);
    this.right = new Program(compressed, execution);
    this.wanted = new ChannelSums(compressed);
    this.found = new ChannelSums(compressed);
  }

  /** What was told of one. */
  public static Reestimation of(Parcel told, ImageSubset images, Execution execution) {
    return new Reestimation(ToldCompression.of(told), execution);
  }

  /**
   * The compressed network with new filters and biases. Convs that the original has not, and those
   * whose weights are computed or shared, stay as they are; at full rank all do.
   *
   * @param images some of which the statistics are taken of, in batches of at most the recipe's
   *     size: fewer where a network's values take more than {@link InferenceBatch} allows
   * @throws InvalidInputException if there are none
   */
  public static Graph apply(
      CompressedNetwork network,
      ImageSubset images,
      CalibrationRecipe recipe,
      Summation summation) {
    if (images.isEmpty()) {
      throw new InvalidInputException("no images to re-estimate BatchNorm's statistics on");
    }
    ImageSubset sample = images.sample(recipe.images(), recipe.seed());
    int batch = InferenceBatch.of(network.original(), recipe.batch());
    try (Reestimation reestimation = new Reestimation(network, summation.execution())) {
      return summation.over("re-estimate", sample, batch, reestimation).corrected();
    }
  }

  /** The compressed network with new filters and biases. */
  private Graph corrected() {
    Graph restored =
        Rewriter.apply(compressed, new RestoreBatchNorm(found.statistics(), wanted.statistics()));
    return Rewriter.apply(restored, FoldBatchNorm.allBut(compressed));
  }

  @Override
  public Parcel told() {
    return ToldCompression.parcel(WORK, network);
  }

  @Override
  public void add(Batch batch, long first) {
    try (NoGradGuard guard = new NoGradGuard();
        PointerScope scope = new PointerScope()) {
      Tensor[] images = Tensors.of(batch);
      Map<String, ChannelSum> targets = targets(images);
      targets.forEach(wanted::add);
      correct(images, targets);
    }
  }

  /** What the compressed Convs ought to give. */
  private Map<String, ChannelSum> targets(Tensor[] images) {
    Map<String, ChannelSum> targets = new HashMap<>();
    try (Values values = left.begin(images)) {
      left.walk(
          values,
          (step, run) -> {
            left.infer(step, run);
            String output = step.node().output();
            if (step.node().operator() instanceof Conv && isCorrected(output)) {
              Tensor full = run.get(step.outputs().get(0));
              targets.put(output, ChannelSum.of(encoded(output, full)));
            }
          });
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

  private void correct(Tensor[] images, Map<String, ChannelSum> targets) {
    try (Values values = right.begin(images)) {
      right.walk(
          values,
          (step, run) -> {
            right.execute(step, run);
            ChannelSum target = targets.get(step.node().output());
            if (target != null) {
              correct(step.node().output(), step.outputs().get(0), run, target);
            }
          });
    }
  }

  private void correct(String output, int slot, Values values, ChannelSum target) {
    ChannelSum own = ChannelSum.of(values.get(slot));
    found.add(output, own);
    values.own(slot, own.moved(values.get(slot), target));
  }

  @Override
  public void endStep(ProcessGroup group, long passed) {
    wanted.endStep(group);
    found.endStep(group);
  }

  /** Each step has brought them together. */
  @Override
  public void total(ProcessGroup group) {}

  @Override
  public void close() {
    left.close();
    right.close();
  }
}
