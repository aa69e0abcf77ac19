package dev.capstan.rewrite;

import dev.capstan.graph.Constant;
import dev.capstan.graph.Graph;
import dev.capstan.graph.Node;
import dev.capstan.graph.Operator;
import dev.capstan.graph.op.Add;
import dev.capstan.graph.op.Arithmetic;
import dev.capstan.graph.op.BatchNormalization;
import java.util.Arrays;
import java.util.Objects;
import java.util.stream.DoubleStream;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * {@code y = scale * x + shift}, a number each for each channel (axis 1), in float64: what a
 * BatchNormalization does, and a sum, difference, product or quotient with a constant.
 */
@SuppressWarnings("ArrayRecordComponent") // compared by hasScaleOf alone
record ChannelAffine(double[] scale, double[] shift) {

  /** The input that is no constant, -1 if there are others. */
  static int operand(Graph graph, Node node) {
    int[] computed =
        IntStream.range(0, node.inputs().size())
            .filter(i -> graph.constant(node.inputs().get(i)) == null)
            .toArray();
    return computed.length == 1 ? computed[0] : -1;
  }

  /**
   * What a node does to each channel.
   *
   * @param rank number of axes of what it reads
   * @param channels number of channels of it
   * @return null if it does something else, or with numbers that are not finite
   */
  static @Nullable ChannelAffine of(Graph graph, Node node, int rank, int channels) {
    ChannelAffine affine = any(graph, node, rank, channels);
    return affine != null && affine.isFinite() ? affine : null;
  }

  private boolean isFinite() {
    return DoubleStream.concat(Arrays.stream(scale), Arrays.stream(shift))
        .allMatch(Double::isFinite);
  }

  private static @Nullable ChannelAffine any(Graph graph, Node node, int rank, int channels) {
    int operand = operand(graph, node);
    if (node.operator() instanceof BatchNormalization norm) {
      return operand == 0 ? normalization(graph, node, norm.epsilon()) : null;
    }
    if (operand < 0 || node.inputs().size() != 2) {
      return null;
    }
    Constant constant = constant(graph, node, 1 - operand);
    return isPerChannel(constant, rank, channels)
        ? arithmetic(node.operator(), operand, perChannel(constant, channels))
        : null;
  }

  private static ChannelAffine normalization(Graph graph, Node norm, float epsilon) {
    float[] gamma = constant(graph, norm, 1).floats();
    float[] beta = constant(graph, norm, 2).floats();
    float[] mean = constant(graph, norm, 3).floats();
    float[] variance = constant(graph, norm, 4).floats();
    double[] scale = new double[gamma.length];
    double[] shift = new double[gamma.length];
    for (int c = 0; c < gamma.length; c++) {
      scale[c] = gamma[c] / Math.sqrt((double) variance[c] + epsilon);
      shift[c] = beta[c] - scale[c] * mean[c];
    }
    return new ChannelAffine(scale, shift);
  }

  private static Constant constant(Graph graph, Node node, int input) {
    String name = node.inputs().get(input);
    return Objects.requireNonNull(graph.constant(name), name);
  }

  /** Whether a constant has one number for all channels, or one for each, along axis 1. */
  private static boolean isPerChannel(Constant constant, int rank, int channels) {
    int axis = 1 - rank + constant.rank();
    return constant.type().isFloating()
        && constant.rank() <= rank
        && (constant.elements() == 1
            || (constant.elements() == channels && axis >= 0 && constant.size(axis) == channels));
  }

  private static double[] perChannel(Constant constant, int channels) {
    float[] values = constant.floats();
    double[] all = new double[channels];
    Arrays.setAll(all, c -> values[values.length == 1 ? 0 : c]);
    return all;
  }

  private static @Nullable ChannelAffine arithmetic(Operator operator, int operand, double[] by) {
    if (operator instanceof Add) {
      return new ChannelAffine(filled(by.length, 1), by);
    }
    if (operator == Arithmetic.MUL) {
      return new ChannelAffine(by, filled(by.length, 0));
    }
    if (operator == Arithmetic.SUB) {
      return operand == 0
          ? new ChannelAffine(filled(by.length, 1), times(-1, by))
          : new ChannelAffine(filled(by.length, -1), by);
    }
    boolean isQuotient = operator == Arithmetic.DIV && operand == 0;
    return isQuotient
        ? new ChannelAffine(Arrays.stream(by).map(b -> 1 / b).toArray(), filled(by.length, 0))
        : null;
  }

  private static double[] filled(int channels, double value) {
    double[] all = new double[channels];
    Arrays.fill(all, value);
    return all;
  }

  private static double[] times(double factor, double[] values) {
    return Arrays.stream(values).map(value -> factor * value).toArray();
  }

  /** Whether both have the same scale, so that they do the same to weights. */
  boolean hasScaleOf(ChannelAffine other) {
    return Arrays.equals(scale, other.scale);
  }

  /**
   * The weights of a product whose outputs are scaled.
   *
   * @param axis of the outputs; where it is not the first, axis 0 is cut into {@code groups} runs
   *     with outputs of their own
   */
  Constant scaled(Constant weights, int axis, int groups) {
    float[] values = weights.floats();
    int inner = Math.toIntExact(weights.shape().elements(axis + 1, weights.rank()));
    int outputs = weights.size(axis);
    int group = values.length / (axis == 0 ? 1 : groups);
    for (int i = 0; i < values.length; i++) {
      int output = i / inner % outputs + i / group * outputs;
      values[i] = (float) (values[i] * scale[output]);
    }
    return weights.withFloats(values, weights.sizes());
  }

  /** The bias of that product, null for none, scaled and shifted. */
  float[] moved(@Nullable Constant bias) {
    float[] values = bias == null ? new float[scale.length] : bias.floats();
    for (int c = 0; c < values.length; c++) {
      values[c] = (float) (values[c] * scale[c] + shift[c]);
    }
    return values;
  }
}
