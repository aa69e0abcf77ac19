package dev.capstan.onnx;

import dev.capstan.error.InvalidInputException;
import dev.capstan.graph.Constant;
import dev.capstan.graph.Operator;
import dev.capstan.graph.op.Dropout;

/** Dropout: the ratio is an attribute below opset 12, an input from there on. */
final class DropoutCodec implements OperatorCodec<Dropout> {
  private static final float DEFAULT = 0.5f;

  @Override
  public Operator read(NodeReader node) {
    if (node.opset() < 12) {
      return new Dropout(node.attributes().number("ratio", DEFAULT));
    }
    node.attributes().ignore("seed");
    Constant ratio = node.folded(1, "ratio");
    Constant training = node.folded(2, "training_mode");
    if (training != null && Numbers.single(training) != 0) {
      throw new InvalidInputException("training_mode is set; export the model for inference");
    }
    return new Dropout(ratio == null ? DEFAULT : Numbers.single(ratio));
  }

  @Override
  public void write(Dropout dropout, NodeWriter node) {
    if (node.opset() < 12) {
      node.number("ratio", dropout.ratio());
    } else if (dropout.ratio() != DEFAULT) {
      node.input("ratio", dropout.ratio());
    }
  }
}
