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
import dev.capstan.refit.NormalEquations;
import java.util.Arrays;
import java.util.Map;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.NoGradGuard;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.TensorOptions;
import org.bytedeco.pytorch.global.torch;
import org.bytedeco.pytorch.global.torch.ScalarType;
import org.jspecify.annotations.Nullable;

/**
 * How far the features of a network are from its teacher's: {@code ||D^T s + b - t||^2 / c}, the
 * mean over images. Here s (r channels) and t (n channels) are the last feature maps of both
 * networks, before they are pooled or flattened, and c is the mean of {@code ||t||^2} over
 * calibration images. D (r x n) and b rebuild t from s best, by least squares over the same images
 * before the first step, and stay as they are: so the channels keep the meaning that the
 * projections gave them. They are no part of the network.
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
  private final Tensor bias;
  private final double energy;

  private Features(String value, Tensor theta, double energy) {
    this.value = value;
    this.energy = energy;
    long inputs = theta.size(0) - 1;
    this.decode = kept(theta.narrow(0, 0, inputs));
    this.bias = kept(theta.narrow(0, inputs, 1).view(1, -1, 1, 1));
  }

  private static Tensor kept(Tensor part) {
    Tensor copy = part.to(ScalarType.Float).contiguous();
    copy.retainReference();
    return copy;
  }

  /**
   * The features of two networks as they are before the first step; takes all batches.
   *
   * @return null where the outputs are no classes, which say as much as features do, or where the
   *     networks have no feature map in common, or a dead one
   */
  public static @Nullable Features of(
      Graph student, Teacher teacher, Batches batches, Execution execution) {
    Place place =
        OutputKind.of(student) == OutputKind.CLASSES ? Place.last(student, teacher.graph()) : null;
    if (place == null) {
      return null;
    }
    String value = place.value();
    try (NoGradGuard guard = new NoGradGuard();
        Program left = new Program(watched(teacher.graph(), value), teacher.execution());
        Program right = new Program(watched(student, value), execution);
        NormalEquations equations = new NormalEquations(place.channels(), place.teachers())) {
      long images = 0;
      while (batches.hasNext()) {
        images += add(batches.next(), right, left, equations);
      }
      return solved(place, equations, images);
    }
  }

  private static long add(
      Batch batch, Program student, Program teacher, NormalEquations equations) {
    try (PointerScope scope = new PointerScope()) {
      Tensor images = Tensors.of(batch.pixels(), batch.shape());
      equations.add(rows(student, images), rows(teacher, images));
      return batch.size();
    }
  }

  /** The features of a watched network, one row a pixel. */
  private static Tensor rows(Program watched, Tensor images) {
    Tensor[] outputs = watched.run(images);
    try {
      Tensor map = outputs[outputs.length - 1];
      return map.permute(0, 2, 3, 1).reshape(-1, map.size(1)).to(ScalarType.Float);
    } finally {
      Arrays.stream(outputs).forEach(Tensor::close);
    }
  }

  private static @Nullable Features solved(Place place, NormalEquations equations, long images) {
    try (PointerScope scope = new PointerScope()) {
      Tensor zeros =
          torch.zeros(
              new long[] {place.channels() + 1, place.teachers()},
              new TensorOptions(ScalarType.Double));
      Tensor theta = equations.squares() > 0 ? equations.solve(zeros, RIDGE) : null;
      return theta == null
          ? null
          : new Features(place.value(), theta, equations.squares() / images);
    }
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
        .sub(teachers.sub(bias))
        .square()
        .sum()
        .div(new Scalar(energy * own.size(0)));
  }

  @Override
  public void close() {
    decode.close();
    bias.close();
  }

  /**
   * A value that two networks both have, as a map of as many pixels.
   *
   * @param channels r of the student
   * @param teachers n of the teacher
   */
  private record Place(String value, long channels, long teachers) {
    /**
     * The last one of several pixels in the teacher's order, null if there is none. What a run
     * gives out anyway is an output, not a feature.
     */
    static @Nullable Place last(Graph student, Graph teacher) {
      Map<String, TensorType> own = ShapeInference.of(student);
      Map<String, TensorType> theirs = ShapeInference.of(teacher);
      Place last = null;
      for (Node node : teacher.nodes()) {
        for (String output : node.outputs()) {
          boolean given = student.producer(output) != null && !student.isOutput(output);
          Place place = given ? of(output, own.get(output), theirs.get(output)) : null;
          last = place == null ? last : place;
        }
      }
      return last;
    }

    private static @Nullable Place of(
        String value, @Nullable TensorType own, @Nullable TensorType theirs) {
      if (own == null || theirs == null || own.shape().rank() != 4 || theirs.shape().rank() != 4) {
        return null;
      }
      Shape one = own.shape();
      Shape other = theirs.shape();
      boolean alike = one.size(2) == other.size(2) && one.size(3) == other.size(3);
      return alike && one.size(2) * one.size(3) > 1
          ? new Place(value, one.size(1), other.size(1))
          : null;
    }
  }
}
