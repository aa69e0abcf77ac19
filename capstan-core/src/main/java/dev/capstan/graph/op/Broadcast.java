package dev.capstan.graph.op;

import dev.capstan.graph.ChannelFlow;
import dev.capstan.graph.Dim;
import dev.capstan.graph.Operands;
import dev.capstan.graph.Shape;
import dev.capstan.graph.TensorType;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;

/** NumPy's rule for several shapes: aligned at the last axis, extents equal or 1. */
final class Broadcast {
  private Broadcast() {}

  static TensorType infer(Operands operands) {
    Shape shape = operands.shape(0);
    for (int i = 1; i < operands.count(); i++) {
      shape = infer(operands, shape, operands.shape(i));
    }
    return operands.type(0).with(shape);
  }

  /** The shape that two shapes, or the outer axes of both inputs, have together. */
  static Shape infer(Operands operands, Shape a, Shape b) {
    int rank = Math.max(a.rank(), b.rank());
    List<Dim> dims = new ArrayList<>();
    for (int i = 0; i < rank; i++) {
      Dim left = dim(a, rank, i);
      Dim right = dim(b, rank, i);
      if (left.isKnown() && right.isKnown() && !fit(left, right)) {
        throw operands.error("shapes %s and %s do not broadcast".formatted(a, b));
      }
      dims.add(join(left, right));
    }
    return new Shape(dims);
  }

  private static Dim dim(Shape shape, int rank, int axis) {
    int own = axis - rank + shape.rank();
    return own < 0 ? Dim.of(1) : shape.dims().get(own);
  }

  private static boolean fit(Dim a, Dim b) {
    return a.equals(b) || a.size() == 1 || b.size() == 1;
  }

  private static Dim join(Dim a, Dim b) {
    if (a.equals(b) || b.size() == 1) {
      return a;
    }
    if (a.size() == 1) {
      return b;
    }
    return a.isKnown() ? a : b.isKnown() ? b : Dim.UNKNOWN;
  }

  /** Channels of a sum, which is linear: summands that are computed share them. */
  static void sum(ChannelFlow flow) {
    int[] computed = computed(flow);
    if (computed.length == 0) {
      return;
    }
    if (addsAxes(flow, computed)) {
      // Axes are aligned at the last one, so channels meet only where all have as many.
      pin(flow, computed, "sum that adds axes");
      return;
    }
    int axis = IntStream.of(computed).map(flow::axis).max().orElse(-1);
    int[] wide = IntStream.of(computed).filter(i -> axis < 0 || isWide(flow, i, axis)).toArray();
    if (wide.length == 0) {
      pin(flow, computed, "broadcast");
      return;
    }
    if (wide.length == 1) {
      flow.pass(wide[0], 0, axis);
    } else {
      flow.join(wide, 0, true);
    }
    if (wide.length < computed.length) {
      // A number that is added to all channels is no basis' own: E^T 1 differs from 1.
      pin(flow, IntStream.of(computed).filter(i -> !isWide(flow, i, axis)).toArray(), "broadcast");
      flow.selectOnly(wide[0], "sum with a number for all channels");
    }
    for (int i : constants(flow)) {
      encode(flow, i, 0, axis, flow.outputType(0).shape().rank());
    }
  }

  /**
   * Channels of a function that is no sum: a product, quotient, power, maximum or PRelu.
   *
   * <p>With operands that are alike for all channels, and among tensors of the same channels
   * ({@code x * sigmoid(x)}), it is a pointwise function; any other treats the channels one by one.
   */
  static void product(ChannelFlow flow) {
    int[] computed = computed(flow);
    int axis = IntStream.of(computed).map(flow::axis).max().orElse(-1);
    if (axis < 0 || addsAxes(flow, computed)) {
      pin(flow, computed, "product that adds axes");
      return;
    }
    int[] wide = IntStream.of(computed).filter(i -> isWide(flow, i, axis)).toArray();
    pin(flow, IntStream.of(computed).filter(i -> !isWide(flow, i, axis)).toArray(), "broadcast");
    if (wide.length == 0) {
      return;
    }
    meet(flow, wide, axis);
    for (int i : constants(flow)) {
      if (isWide(flow, i, axis)) {
        flow.selectOnly(wide[0], "product with a tensor per channel");
        encode(flow, i, 0, axis, flow.outputType(0).shape().rank());
      }
    }
  }

  private static void meet(ChannelFlow flow, int[] wide, int axis) {
    if (wide.length == 1) {
      flow.pass(wide[0], 0, axis);
      return;
    }
    boolean same = IntStream.of(wide).allMatch(i -> flow.sameChannels(wide[0], i));
    flow.join(wide, 0, false);
    if (!same) {
      flow.selectOnly(wide[0], "product with a tensor per channel");
    }
  }

  private static int[] computed(ChannelFlow flow) {
    return operands(flow).filter(i -> flow.constant(i) == null).toArray();
  }

  private static int[] constants(ChannelFlow flow) {
    return operands(flow).filter(i -> flow.constant(i) != null).toArray();
  }

  private static IntStream operands(ChannelFlow flow) {
    return IntStream.range(0, flow.operands().count());
  }

  private static boolean addsAxes(ChannelFlow flow, int[] inputs) {
    int rank = flow.outputType(0).shape().rank();
    return IntStream.of(inputs).anyMatch(i -> flow.operands().shape(i).rank() != rank);
  }

  /** Whether an operand has an element for each channel, and not one for all. */
  private static boolean isWide(ChannelFlow flow, int input, int axis) {
    Shape output = flow.outputType(0).shape();
    Dim own = dim(flow.operands().shape(input), output.rank(), axis);
    return own.size() != 1 || output.size(axis) == 1;
  }

  private static void pin(ChannelFlow flow, int[] inputs, String why) {
    for (int input : inputs) {
      flow.pin(input, why);
    }
  }

  /**
   * Says that a constant summand lies along the channel axis {@code axis} of an output with {@code
   * rank} axes. A scalar counts too: adding c becomes adding c E^T 1.
   */
  static void encode(ChannelFlow flow, int input, int output, int axis, int rank) {
    if (axis >= 0) {
      flow.encode(input, axis - rank + flow.operands().shape(input).rank(), output);
    }
  }
}
