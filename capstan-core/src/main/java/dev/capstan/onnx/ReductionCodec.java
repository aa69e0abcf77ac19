package dev.capstan.onnx;

import dev.capstan.graph.Operator;
import dev.capstan.graph.op.Identity;
import dev.capstan.graph.op.Pointwise;
import dev.capstan.graph.op.Reduce;
import dev.capstan.graph.op.Reduction;
import java.util.List;
import java.util.function.BiFunction;

/**
 * The reductions: the axes are an attribute below some opset, an input from there on.
 *
 * @param make makes the operator of its axes and whether they stay
 * @param firstWithInput that opset
 */
record ReductionCodec<R extends Reduction>(
    BiFunction<List<Integer>, Boolean, R> make, long firstWithInput) implements OperatorCodec<R> {
  @Override
  public Operator read(NodeReader node) {
    boolean keepDims = node.attributes().flag("keepdims", true);
    List<Long> given = node.integers("axes", firstWithInput, 1);
    List<Integer> axes = given == null ? List.of() : Numbers.ints(given);
    boolean nothing =
        node.opset() >= firstWithInput && node.attributes().flag("noop_with_empty_axes", false);
    R reduction = make.apply(axes, keepDims);
    return nothing && axes.isEmpty() ? alone(reduction, node) : reduction;
  }

  /** What a reduction does to each element where it has no axes. */
  private static Operator alone(Reduction reduction, NodeReader node) {
    if (!(reduction instanceof Reduce reduce)) {
      return new Identity();
    }
    return switch (reduce.function()) {
      case L1, L2 -> Pointwise.ABS;
      case SUM_SQUARE -> throw node.unsupported("a sum of squares over no axes");
      default -> new Identity();
    };
  }

  @Override
  public void write(R reduction, NodeWriter node) {
    node.flag("keepdims", reduction.keepDims());
    if (!reduction.axes().isEmpty()) {
      List<Integer> axes = reduction.axes().stream().map(node::axis).toList();
      node.integers("axes", firstWithInput, axes);
    }
  }
}
