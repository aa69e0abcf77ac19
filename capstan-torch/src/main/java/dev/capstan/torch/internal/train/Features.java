package dev.capstan.torch.internal.train;

import dev.capstan.data.ImageSubset;
import dev.capstan.graph.Constant;
import dev.capstan.graph.Graph;
import dev.capstan.outputs.OutputKind;
import dev.capstan.recipe.WorkListener;
import dev.capstan.torch.internal.distributed.Summation;
import dev.capstan.torch.internal.engine.Execution;
import dev.capstan.torch.internal.regression.NormalEquations;
import dev.capstan.torch.internal.tensor.Tensors;
import dev.capstan.torch.internal.tensor.ThreadedProducts;
import java.util.Map;
import java.util.Objects;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.NoGradGuard;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.TensorVector;
import org.bytedeco.pytorch.global.torch;
import org.bytedeco.pytorch.global.torch.ScalarType;
import org.jspecify.annotations.Nullable;

/**
 * How far the features of a network are from its teacher's: {@code ||D^T s + b - t||^2 / c}, the
 * mean over images. Here s (r channels) and t (n channels) are the last feature maps that both
 * networks have, and c is the mean of {@code ||t||^2} over calibration images. D (r x n) and b
 * rebuild t from s best, by least squares over the same images before the first step, and stay as
 * they are: so the channels keep the meaning that the projections gave them. They are no part of
 * the network.
 *
 * <p>The hint of Romero et al., "FitNets: Hints for Thin Deep Nets", ICLR 2015, section 3.1, with a
 * regressor that is solved for instead of learned.
 *
 * <p>Owns native memory until closed.
 */
public final class Features implements AutoCloseable {
  /** Relative to the mean energy of a channel; holds channels that are never active. */
  private static final double RIDGE = 1e-4;

  /**
   * Pixels that D must be solved from, a column. With as many as columns it would rebuild them
   * exactly, and anything else badly; with few more, little better.
   */
  private static final long ROWS_AN_UNKNOWN = 10;

  private static final String MAP = "features of ";
  private static final String ENERGY = "energy of features";

  private final FeatureMap map;
  private final Tensor decode;
  private final Tensor bias;
  private final double energy;

  private Features(FeatureMap map, Tensor theta, double energy, ScalarType type) {
    this.map = map;
    this.energy = energy;
    this.decode = kept(theta.narrow(0, 0, map.channels()), type);
    this.bias = kept(theta.narrow(0, map.channels(), 1).view(1, -1, 1, 1), type);
  }

  private static Tensor kept(Tensor part, ScalarType type) {
    Tensor copy = part.to(type).contiguous();
    copy.retainReference();
    return copy;
  }

  /**
   * The features of two networks as they are before the first step.
   *
   * @param batch images a batch
   * @return null where the outputs are no classes, since they say as much as features do; where the
   *     networks have no feature map in common, a dead one, or too few images to solve for D, which
   *     the listener is told
   */
  public static @Nullable Features of(
      Graph student, Teacher teacher, ImageSubset images, int batch, Summation summation) {
    if (OutputKind.of(student) != OutputKind.CLASSES) {
      return null;
    }
    FeatureMap map = FeatureMap.last(student, teacher.graph());
    if (map == null) {
      summation
          .listener()
          .note("no feature map that both networks have: the outputs alone are compared");
      return null;
    }
    Execution execution = summation.execution();
    try (NoGradGuard guard = new NoGradGuard();
        FeatureSums sums = new FeatureSums(map, student, teacher, execution)) {
      summation.over(FeatureSums.WORK, images, batch, sums);
      return solved(map, sums, execution.precision().storage(), summation.listener());
    }
  }

  private static @Nullable Features solved(
      FeatureMap map, FeatureSums sums, ScalarType type, WorkListener listener) {
    NormalEquations equations = sums.equations();
    try (PointerScope scope = new PointerScope()) {
      boolean enough = equations.rows() >= ROWS_AN_UNKNOWN * (map.channels() + 1);
      Tensor theta = enough && equations.squares() > 0 ? equations.solve(RIDGE) : null;
      if (theta == null) {
        listener.note(
            "%s: %s: the outputs alone are compared"
                .formatted(map.value(), enough ? "a dead feature map" : "too few images for it"));
        return null;
      }
      return new Features(map, theta, equations.squares() / sums.images(), type);
    }
  }

  /** All that they are, by name, to be told to other processes. */
  Map<String, Constant> told() {
    try (NoGradGuard guard = new NoGradGuard();
        PointerScope scope = new PointerScope()) {
      Tensor theta = torch.cat(new TensorVector(decode, bias.view(1, -1)), 0);
      return Map.of(
          MAP + map.value(),
          Constant.of(Tensors.floats(theta), theta.shape()),
          ENERGY,
          Constant.of(new long[] {Double.doubleToRawLongBits(energy)}, 1));
    }
  }

  /** What was told, null where it tells of none. */
  static @Nullable Features of(Map<String, Constant> told, ScalarType type) {
    String value =
        told.keySet().stream()
            .filter(name -> name.startsWith(MAP))
            .map(name -> name.substring(MAP.length()))
            .findFirst()
            .orElse(null);
    if (value == null) {
      return null;
    }
    Constant theta = Objects.requireNonNull(told.get(MAP + value));
    try (NoGradGuard guard = new NoGradGuard();
        PointerScope scope = new PointerScope()) {
      return new Features(
          new FeatureMap(value, theta.size(0) - 1, theta.size(1)),
          Tensors.of(theta.floats(), theta.sizes()),
          Double.longBitsToDouble(Objects.requireNonNull(told.get(ENERGY)).whole(0)),
          type);
    }
  }

  /** The network with one more output, the last one: its features. */
  Graph watched(Graph graph) {
    return map.watched(graph);
  }

  /**
   * How far features are from the teacher's, a scalar that autograd follows to the first ones.
   *
   * @param own N x r x H x W
   * @param target N x n x H x W
   */
  Tensor error(Tensor own, Tensor target) {
    return ThreadedProducts.alongChannels(own, decode)
        .sub(target.sub(bias))
        .square()
        .sum()
        .div(new Scalar(energy * own.size(0)));
  }

  @Override
  public void close() {
    decode.close();
    bias.close();
  }
}
