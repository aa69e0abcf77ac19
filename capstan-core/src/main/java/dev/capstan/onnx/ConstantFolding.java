package dev.capstan.onnx;

import dev.capstan.graph.Constant;
import dev.capstan.graph.DataType;
import dev.capstan.graph.Node;
import dev.capstan.graph.Operator;
import dev.capstan.graph.Shape;
import dev.capstan.graph.TensorType;
import dev.capstan.graph.op.Add;
import dev.capstan.graph.op.Arithmetic;
import dev.capstan.graph.op.Cast;
import dev.capstan.graph.op.Flatten;
import dev.capstan.graph.op.Identity;
import dev.capstan.graph.op.Pointwise;
import dev.capstan.graph.op.Reshape;
import dev.capstan.graph.op.Squeeze;
import dev.capstan.graph.op.Transpose;
import dev.capstan.graph.op.Unsqueeze;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.DoubleBinaryOperator;
import java.util.function.DoubleUnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * What exporters leave to a run though it is known before: weights transposed, biases given other
 * axes, factors of a normalization. Weights must be constants to be compressed.
 */
final class ConstantFolding {
  private static final Set<Class<?>> RESHAPING =
      Set.of(Identity.class, Reshape.class, Flatten.class, Squeeze.class, Unsqueeze.class);

  private static final Map<Operator, DoubleUnaryOperator> FUNCTIONS =
      Map.of(
          Pointwise.SQRT,
          Math::sqrt,
          Pointwise.NEG,
          x -> -x,
          Pointwise.EXP,
          Math::exp,
          Pointwise.RECIPROCAL,
          x -> 1 / x);

  private static final Map<Operator, DoubleBinaryOperator> BROADCASTS =
      Map.of(
          new Add(),
          Double::sum,
          Arithmetic.SUB,
          (a, b) -> a - b,
          Arithmetic.MUL,
          (a, b) -> a * b,
          Arithmetic.DIV,
          (a, b) -> a / b,
          Arithmetic.POW,
          Math::pow);

  private ConstantFolding() {}

  /**
   * What a node gives whose operands are all constants.
   *
   * @param type of what it gives
   * @return null if the node is left to a run
   */
  static @Nullable Constant fold(Node node, List<Constant> operands, TensorType type) {
    if (operands.isEmpty() || !type.shape().isKnown()) {
      return null;
    }
    Constant x = operands.get(0);
    long[] sizes = type.shape().sizes();
    if (RESHAPING.contains(node.operator().getClass())) {
      return x.reshaped(sizes);
    }
    if (node.operator() instanceof Transpose transpose) {
      return transposed(x, transpose.perm(), sizes);
    }
    if (operands.stream().anyMatch(operand -> !operand.type().isFloating())) {
      return null;
    }
    DoubleUnaryOperator function = FUNCTIONS.get(node.operator());
    if (function != null) {
      return mapped(x, function);
    }
    if (node.operator() instanceof Cast cast) {
      return cast.to().isFloating() ? converted(x, cast.to()) : null;
    }
    DoubleBinaryOperator broadcast = BROADCASTS.get(node.operator());
    return broadcast == null ? null : broadcast(x, operands.get(1), broadcast, sizes);
  }

  private static Constant converted(Constant x, DataType type) {
    return type == x.type() ? x : Constant.of(type, x.floats(), x.sizes());
  }

  private static Constant mapped(Constant x, DoubleUnaryOperator function) {
    float[] values = x.floats();
    for (int i = 0; i < values.length; i++) {
      values[i] = (float) function.applyAsDouble(values[i]);
    }
    return x.withFloats(values, x.sizes());
  }

  private static Constant broadcast(
      Constant a, Constant b, DoubleBinaryOperator function, long[] sizes) {
    long[] left = strides(a.sizes(), sizes.length);
    long[] right = strides(b.sizes(), sizes.length);
    float[] x = a.floats();
    float[] y = b.floats();
    float[] values = new float[Math.toIntExact(Shape.of(sizes).elements())];
    for (int i = 0; i < values.length; i++) {
      values[i] = (float) function.applyAsDouble(x[at(i, sizes, left)], y[at(i, sizes, right)]);
    }
    return a.withFloats(values, sizes);
  }

  private static Constant transposed(Constant x, List<Integer> perm, long[] sizes) {
    long[] own = strides(x.sizes(), sizes.length);
    long[] strides = perm.stream().mapToLong(axis -> own[axis]).toArray();
    int width = x.type().bytes();
    ByteBuffer from = x.bytes();
    ByteBuffer to = ByteBuffer.allocate(from.remaining());
    byte[] element = new byte[width];
    for (int i = 0; i < x.elements(); i++) {
      from.get(at(i, sizes, strides) * width, element);
      to.put(element);
    }
    return Constant.view(x.type(), sizes, to.flip());
  }

  /** Distance of elements along each of {@code rank} axes, 0 along those that are broadcast. */
  private static long[] strides(long[] sizes, int rank) {
    long[] strides = new long[rank];
    long stride = 1;
    for (int i = sizes.length - 1; i >= 0; i--) {
      strides[rank - sizes.length + i] = sizes[i] == 1 ? 0 : stride;
      stride *= sizes[i];
    }
    return strides;
  }

  /** Where the element lies that comes i-th in row-major order of these extents. */
  private static int at(int i, long[] sizes, long[] strides) {
    long place = 0;
    long rest = i;
    for (int axis = sizes.length - 1; axis >= 0; axis--) {
      place += rest % sizes[axis] * strides[axis];
      rest /= sizes[axis];
    }
    return (int) place;
  }
}
