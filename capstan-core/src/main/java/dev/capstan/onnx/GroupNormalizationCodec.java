package dev.capstan.onnx;

import dev.capstan.graph.Operator;
import dev.capstan.graph.op.GroupNormalization;

/** GroupNormalization: scale and shift are per group in opsets 18 to 20, per channel from 21 on. */
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
    node.number("epsilon", norm.epsilon());
    node.integer("num_groups", norm.groups());
  }
}
