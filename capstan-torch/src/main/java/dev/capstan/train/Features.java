package dev.capstan.train;

import dev.capstan.data.Batch;
import dev.capstan.data.Batches;
import dev.capstan.engine.Execution;
import dev.capstan.engine.Program;
import dev.capstan.engine.Tensors;
import dev.capstan.engine.ThreadedProducts;
import dev.capstan.graph.Graph;
import dev.capstan.graph.Node;
import dev.capstan.graph.OutputKind;
import dev.capstan.graph.Shape;
import dev.capstan.graph.ShapeInference;
import dev.capstan.graph.TensorType;
import java.util.Map;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.NoGradGuard;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;
import org.bytedeco.pytorch.global.torch.ScalarType;
import org.jspecify.annotations.Nullable;

/**
 * How far the features of a network are from its teacher's: {@code ||D^T s - t||^2 / c}, the mean
 * over images. Here s (r channels) and t (n channels) are the last feature maps of both networks,
 * before they are pooled or flattened, and c is the mean of {@code ||t||^2} over calibration
 * images. D (r x n) rebuilds t from s best, by least squares over the same images before the first
 * step, and stays as it is: so the channels keep the meaning that the projections gave them. It is
 * no part of the network.
 *
 * <p>The hint of Romero et al., "FitNets: Hints for Thin Deep Nets", ICLR 2015, section 3.1, with a
 * regressor that is solved for instead of learned.
 *
 * <p>Owns native memory until closed.
 */
public final class Features implements AutoCloseable {
  /** Relative to the mean energy of a channel; holds channels that are never active. */
  private static final double RIDGE = 1e-4;

  private final String value;
  private final Tensor decode;
  private final double energy;

  private Features(String value, Tensor decode, double energy) {
    this.value = value;
    this.decode = decode;
    this.energy = energy;
  }

  /**
   * The features of two networks as they are before the first step; takes all batches.
   *
   * @return null where the outputs are no classes, which say as much as features do, or where the
   *     networks have no feature map in common, or a dead one
   */
  public static @Nullable Features of(
      Graph student, Teacher teacher, Batches batches, Execution execution) {
    String value = OutputKind.of(student) == OutputKind.CLASSES ? last(student, teacher) : null;
    if (value == null) {
      return null;
    }
    try (NoGradGuard guard = new NoGradGuard();
        Program left = new Program(watched(teacher.graph(), value), teacher.execution());
        Program right = new Program(watched(student, value), execution);
        Sums sums = new Sums()) {
      while (batches.hasNext()) {
        sums.add(batches.next(), left, right);
      }
      return sums.energy() > 0 ? new Features(value, sums.solution(), sums.energy()) : null;
    }
  }

  /**
   * The last value with several pixels, and as many, that both networks give by this name. One that
   * a run gives out anyway is an output, not a feature.
   */
  private static @Nullable String last(Graph student, Teacher teacher) {
    Map<String, TensorType> own = ShapeInference.of(student);
    Map<String, TensorType> theirs = ShapeInference.of(teacher.graph());
    String last = null;
    for (Node node : teacher.graph().nodes()) {
      for (String output : node.outputs()) {
        boolean given = student.producer(output) != null && !student.isOutput(output);
        if (given && areMaps(own.get(output), theirs.get(output))) {
          last = output;
        }
      }
    }
    return last;
  }

  private static boolean areMaps(@Nullable TensorType own, @Nullable TensorType theirs) {
    if (own == null || theirs == null) {
      return false;
    }
    Shape one = own.shape();
    Shape other = theirs.shape();
    return one.rank() == 4
        && other.rank() == 4
        && one.size(2) == other.size(2)
        && one.size(3) == other.size(3)
        && one.size(2) * one.size(3) > 1;
  }

  private static Graph watched(Graph graph, String value) {
    TensorType type = ShapeInference.of(graph).get(value);
    return type == null ? graph : graph.edit().output(value, type).build();
  }

  /** The network with one more output, the last one: its features. */
  Graph watched(Graph graph) {
    return watched(graph, value);
  }

  /**
   * How far features are from the teacher's, a scalar that autograd follows to the first ones.
   *
   * @param own N x r x H x W
   * @param teachers N x n x H x W
   */
  Tensor error(Tensor own, Tensor teachers) {
    return ThreadedProducts.alongChannels(own, decode)
        .sub(teachers)
        .square()
        .sum()
        .div(new Scalar(energy * own.size(0)));
  }

  /** The normal equations of D over calibration images. */
  private static final class Sums implements AutoCloseable {
    private @Nullable Tensor gram;
    private @Nullable Tensor moments;
    private double squares;
    private long images;

    void add(Batch batch, Program teacher, Program student) {
      try (PointerScope scope = new PointerScope()) {
        Tensor pixels = Tensors.of(batch.pixels(), batch.shape());
        Tensor targets = features(teacher, pixels);
        Tensor inputs = features(student, pixels);
        gram = plus(gram, ThreadedProducts.transposedTimes(inputs, inputs));
        moments = plus(moments, ThreadedProducts.transposedTimes(inputs, targets));
        squares += targets.square().sum().item_double();
        images += batch.size();
      }
    }

    /** One row a pixel. */
    private static Tensor features(Program program, Tensor pixels) {
      Tensor[] outputs = program.run(pixels);
      Tensor map = outputs[outputs.length - 1].to(ScalarType.Float);
      Tensor rows = map.permute(0, 2, 3, 1).reshape(-1, map.size(1));
      Tensor kept = rows.clone();
      for (Tensor output : outputs) {
        output.close();
      }
      return kept;
    }

    private static Tensor plus(@Nullable Tensor sum, Tensor next) {
      if (sum != null) {
        return sum.add_(next);
      }
      Tensor first = next.to(ScalarType.Double);
      first.retainReference();
      return first;
    }

    /** Mean squared norm of the teacher's features of an image. */
    double energy() {
      return squares / Math.max(1, images);
    }

    Tensor solution() {
      if (gram == null || moments == null) {
        throw new IllegalStateException("no images to solve for");
      }
      try (PointerScope scope = new PointerScope()) {
        Tensor damped = gram.clone();
        Tensor diagonal = damped.diagonal();
        diagonal.add_(diagonal.mean().mul(new Scalar(RIDGE)).add(new Scalar(Float.MIN_NORMAL)));
        Tensor decode = torch.linalg_solve(damped, moments).to(ScalarType.Float);
        decode.retainReference();
        return decode;
      }
    }

    @Override
    public void close() {
      if (gram != null && moments != null) {
        gram.close();
        moments.close();
      }
    }
  }

  @Override
  public void close() {
    decode.close();
  }
}
