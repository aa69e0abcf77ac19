package dev.capstan.graph.op;

import dev.capstan.graph.ChannelFlow;
import dev.capstan.graph.Dim;
import dev.capstan.graph.Operands;
import dev.capstan.graph.Shape;
import dev.capstan.graph.TensorType;
import java.util.ArrayList;
import java.util.List;

/** NumPy's rule for two shapes: aligned at the last axis, extents equal or one of them 1. */
final class Broadcast {
  private Broadcast() {}

  static TensorType infer(Operands operands) {
    return operands.type(0).with(infer(operands, operands.shape(0), operands.shape(1)));
  }

  /** The shape that two shapes, or the outer axes of both inputs, have together. */
  static Shape infer(Operands operands, Shape a, Shape b) {
    int rank = Math.max(a.rank(), b.rank());
    List<Dim> dims = new ArrayList<>();
    for (int i = 0; i < rank; i++) {
      dims.add(join(operands, dim(a, rank, i), dim(b, rank, i)));
    }
    return new Shape(dims);
  }

  private static Dim dim(Shape shape, int rank, int axis) {
    int own = axis - rank + shape.rank();
    return own < 0 ? Dim.of(1) : shape.dims().get(own);
  }

  private static Dim join(Operands operands, Dim a, Dim b) {
    if (a.equals(b) || b.size() == 1) {
      return a;
    }
    if (a.size() == 1) {
      return b;
    }
    if (a.isKnown() && b.isKnown()) {
      throw operands.error(
          "shapes %s and %s do not broadcast".formatted(operands.shape(0), operands.shape(1)));
    }
    return a.isKnown() ? a : b.isKnown() ? b : Dim.UNKNOWN;
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
