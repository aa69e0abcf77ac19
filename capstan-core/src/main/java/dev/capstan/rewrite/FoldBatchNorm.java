package dev.capstan.rewrite;

import dev.capstan.graph.Constant;
import dev.capstan.graph.Graph;
import dev.capstan.graph.Node;
import dev.capstan.graph.op.BatchNormalization;
import dev.capstan.graph.op.Conv;
import dev.capstan.graph.op.Gemm;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * BatchNormalization into the Conv or Gemm before it (docs/method.md, section 3): {@code W' = s W},
 * {@code b' = s (b - mean) + shift}, with {@code s = scale / sqrt(variance + epsilon)}.
 *
 * <p>The pattern needs constant weights that nothing else reads, and a product that only the
 * normalization reads.
 */
public final class FoldBatchNorm implements Rule {
  @Override
  public Optional<Replacement> apply(Graph graph, Node norm) {
    if (!(norm.operator() instanceof BatchNormalization batchNorm)) {
      return Optional.empty();
    }
    Node product = graph.producer(norm.inputs().get(0));
    int axis = product == null ? -1 : outputAxis(product);
    if (product == null || axis < 0 || !isFoldable(graph, product, norm)) {
      return Optional.empty();
    }
    Affine affine = Affine.of(graph, norm, batchNorm.epsilon());
    return Optional.of(fold(graph, product, norm, axis, affine));
  }

  /** The axis of the weights that holds the outputs, -1 if this operator cannot take a fold. */
  private static int outputAxis(Node product) {
    if (product.operator() instanceof Conv) {
      return 0;
    }
    boolean plain =
        product.operator() instanceof Gemm gemm && gemm.alpha() == 1 && gemm.beta() == 1;
    return plain ? (((Gemm) product.operator()).transB() ? 0 : 1) : -1;
  }

  private static boolean isFoldable(Graph graph, Node product, Node norm) {
    boolean constantNorm =
        norm.inputs().stream().skip(1).allMatch(input -> graph.constant(input) != null);
    return constantNorm
        && biasFits(graph, product, norm)
        && isOwn(graph, product.inputs().get(1))
        && norm.equals(graph.soleReader(product.output()));
  }

  private static boolean biasFits(Graph graph, Node product, Node norm) {
    return !product.hasInput(2)
        || (isOwn(graph, product.inputs().get(2)) && bias(graph, product, norm) != null);
  }

  private static boolean isOwn(Graph graph, String constant) {
    return graph.constant(constant) != null && graph.soleReader(constant) != null;
  }

  /** The product's bias if it has one number a channel: a Gemm's may be broadcast. */
  private static @Nullable Constant bias(Graph graph, Node product, Node norm) {
    Constant bias = product.hasInput(2) ? graph.constant(product.inputs().get(2)) : null;
    int channels = constant(graph, norm.inputs().get(1)).elements();
    return bias != null && bias.rank() == 1 && bias.elements() == channels ? bias : null;
  }

  private static Replacement fold(Graph graph, Node product, Node norm, int axis, Affine affine) {
    String weightName = product.inputs().get(1);
    Constant weights = affine.scale(constant(graph, weightName), axis);
    Constant bias = affine.apply(weights, bias(graph, product, norm));
    String biasName = biasName(graph, product, norm);
    Node folded =
        new Node(
            product.name(),
            product.operator(),
            List.of(product.inputs().get(0), weightName, biasName),
            norm.outputs(),
            product.doc());
    return new Replacement(
        List.of(product.name(), norm.name()),
        List.of(folded),
        Map.of(weightName, weights, biasName, bias));
  }

  /** Other norms may read the same shift: then the bias gets a name of its own. */
  private static String biasName(Graph graph, Node product, Node norm) {
    if (product.hasInput(2)) {
      return product.inputs().get(2);
    }
    String shift = norm.inputs().get(2);
    return isOwn(graph, shift) ? shift : product.inputs().get(1) + "/bias";
  }

  private static Constant constant(Graph graph, String name) {
    Constant constant = graph.constant(name);
    if (constant == null) {
      throw new IllegalStateException("'" + name + "' is no constant");
    }
    return constant;
  }

  /** {@code y = scale * x + shift}, per channel, in float64. */
  @SuppressWarnings("ArrayRecordComponent")
  private record Affine(double[] scale, double[] shift) {
    static Affine of(Graph graph, Node norm, float epsilon) {
      float[] gamma = constant(graph, norm.inputs().get(1)).floats();
      float[] beta = constant(graph, norm.inputs().get(2)).floats();
      float[] mean = constant(graph, norm.inputs().get(3)).floats();
      float[] variance = constant(graph, norm.inputs().get(4)).floats();
      double[] scale = new double[gamma.length];
      double[] shift = new double[gamma.length];
      for (int c = 0; c < gamma.length; c++) {
        scale[c] = gamma[c] / Math.sqrt((double) variance[c] + epsilon);
        shift[c] = beta[c] - scale[c] * mean[c];
      }
      return new Affine(scale, shift);
    }

    Constant scale(Constant weights, int axis) {
      float[] values = weights.floats();
      int inner = 1;
      for (int i = axis + 1; i < weights.rank(); i++) {
        inner *= weights.size(i);
      }
      for (int i = 0; i < values.length; i++) {
        values[i] = (float) (values[i] * scale[i / inner % scale.length]);
      }
      return weights.withFloats(values, weights.sizes());
    }

    Constant apply(Constant weights, @Nullable Constant bias) {
      float[] values = bias == null ? new float[scale.length] : bias.floats();
      for (int c = 0; c < values.length; c++) {
        values[c] = (float) (values[c] * scale[c] + shift[c]);
      }
      return weights.withFloats(values, values.length);
    }
  }
}
