package dev.capstan.graph.op;

import dev.capstan.graph.ChannelFlow;
import dev.capstan.graph.Constant;
import dev.capstan.graph.Dim;
import dev.capstan.graph.Operands;
import dev.capstan.graph.Operator;
import dev.capstan.graph.Shape;
import dev.capstan.graph.TensorType;
import java.util.ArrayList;
import java.util.List;

/**
 * Matrix product over the last two axes, NumPy's {@code matmul}: axes before them broadcast; an A
 * of one axis is a row, a B of one axis a column, and that axis is gone from the output.
 */
public record MatMul() implements Operator {
  @Override
  public List<TensorType> infer(Operands operands) {
    Shape a = operands.shape(0);
    Shape b = operands.shape(1);
    if (a.rank() == 0 || b.rank() == 0) {
      throw operands.error("matrix product of shapes %s and %s".formatted(a, b));
    }
    Dim inner = a.dims().get(a.rank() - 1);
    Dim rows = b.dims().get(Math.max(0, b.rank() - 2));
    if (inner.isKnown() && rows.isKnown() && !inner.equals(rows)) {
      throw operands.error("expected inputs that share an axis, found %s and %s".formatted(a, b));
    }
    List<Dim> dims = new ArrayList<>(Broadcast.infer(operands, outer(a), outer(b)).dims());
    if (a.rank() > 1) {
      dims.add(a.dims().get(a.rank() - 2));
    }
    if (b.rank() > 1) {
      dims.add(b.dims().get(b.rank() - 1));
    }
    return List.of(operands.type(0).with(new Shape(dims)));
  }

  private static Shape outer(Shape shape) {
    return new Shape(shape.dims().subList(0, Math.max(0, shape.rank() - 2)));
  }

  @Override
  public long macs(Operands operands, List<TensorType> outputs) {
    return macs(operands.shape(0), outputs.get(0).shape());
  }

  /** Each element of the output is a sum over the last axis of A. */
  public static long macs(Shape a, Shape output) {
    return output.elements() * a.size(a.rank() - 1);
  }

  @Override
  public void channels(ChannelFlow flow) {
    int last = flow.operands().shape(0).rank() - 1;
    Constant weights = flow.constant(1);
    boolean along = flow.axis(0) < 0 || flow.axis(0) == last;
    // What keeps the original's coordinates does so along all axes: the last one may be read.
    if (weights != null && weights.rank() == 2 && (along || flow.isOriginal(0))) {
      if (along) {
        flow.consume(0, 1, 0);
      } else {
        flow.pin(0, "matrix product over another axis");
      }
      flow.produce(0, last, weights.size(1));
      flow.encode(1, 1, 0);
    } else if (!alongRows(flow)) {
      flow.pin(0, "matrix product over channels, or of several tensors that have them");
      flow.pin(1, "matrix product over channels, or of several tensors that have them");
    }
  }

  /**
   * Channels that are rows of the first operand are rows of the product, whatever the other one is:
   * each column of that makes a sum over other axes, alike for all channels.
   */
  private static boolean alongRows(ChannelFlow flow) {
    int rows = flow.operands().shape(0).rank() - 2;
    boolean wide = flow.operands().shape(1).rank() > 1;
    if (!wide || rows < 0 || flow.axis(0) != rows) {
      return false;
    }
    flow.pass(0, 0, flow.outputType(0).shape().rank() - 2);
    flow.pin(1, "matrix that weighs others' channels");
    return true;
  }
}
