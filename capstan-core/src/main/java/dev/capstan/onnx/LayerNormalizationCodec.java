package dev.capstan.onnx;

import dev.capstan.graph.Operator;
import dev.capstan.graph.op.LayerNormalization;

/** LayerNormalization: all in attributes. */
final class LayerNormalizationCodec implements OperatorCodec<LayerNormalization> {
  @Override
  public Operator read(NodeReader node) {
    // The type that means are summed in; here it is the engine's.
    node.attributes().ignore("stash_type");
    return new LayerNormalization(
        Numbers.toInt(node.attributes().integer("axis", -1)),
        node.attributes().number("epsilon", 1e-5f));
  }

  @Override
  public void write(LayerNormalization norm, NodeWriter node) {
    node.integer("axis", norm.axis());
    node.number("epsilon", norm.epsilon());
  }
}
