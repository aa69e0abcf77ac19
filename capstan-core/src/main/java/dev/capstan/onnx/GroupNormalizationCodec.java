package dev.capstan.onnx;

import dev.capstan.graph.Operator;
import dev.capstan.graph.Shape;
import dev.capstan.graph.op.GroupNormalization;
import java.util.ArrayList;
import java.util.List;

/**
 * GroupNormalization: scale and shift are per group in opsets 18 to 20, per channel from 21 on.
 *
 * <p>Per group it is written as an InstanceNormalization of the groups in all opsets, as {@link
 * GroupedNorms} reads it: runtimes have kernels for that, and none for the operator of opset 18.
 */
final class GroupNormalizationCodec implements OperatorCodec<GroupNormalization> {
  @Override
  public Operator read(NodeReader node) {
    // The type that means are summed in; here it is the engine's.
    node.attributes().ignore("stash_type");
    return new GroupNormalization(
        node.attributes().number("epsilon", 1e-5f),
        node.attributes().required("num_groups"),
        node.opset() < 21);
  }

  @Override
  public void write(GroupNormalization norm, NodeWriter node) {
    if (norm.perGroup()) {
      String groups = node.before().reshape(node.input(0), List.of(0L, (long) norm.groups(), -1L));
      String each =
          node.before().instanceNormalization(norm.epsilon(), groups, node.input(1), node.input(2));
      node.type("Reshape");
      node.inputValues(each, shape(node));
      return;
    }
    node.needs(21, "scale and shift of each channel");
    node.number("epsilon", norm.epsilon());
    node.integer("num_groups", norm.groups());
  }

  /** The shape of the first input: a constant, if no more than the batch and an extent are open. */
  private static String shape(NodeWriter node) {
    Shape shape = node.inputType(0).shape();
    List<Long> target = new ArrayList<>();
    target.add(0L);
    for (int axis = 1; axis < shape.rank(); axis++) {
      target.add(shape.size(axis));
    }
    return target.stream().filter(size -> size < 0).count() > 1
        ? node.before().shape(node.input(0))
        : node.before().numbers(target);
  }
}
