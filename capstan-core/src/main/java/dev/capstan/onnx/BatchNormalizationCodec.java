package dev.capstan.onnx;

import dev.capstan.error.InvalidInputException;
import dev.capstan.graph.Operator;
import dev.capstan.graph.op.BatchNormalization;

/** BatchNormalization: in inference all opsets mean the same. */
final class BatchNormalizationCodec implements OperatorCodec<BatchNormalization> {
  @Override
  public Operator read(NodeReader node) {
    // Below opset 14 it is the number of outputs that tells training from inference.
    node.attributes().require("training_mode", 0);
    node.attributes().require("spatial", 1);
    if (node.outputs() > 1) {
      throw new InvalidInputException(
          "the node gives batch statistics as in training; export the model for inference");
    }
    node.attributes().ignore("momentum");
    return new BatchNormalization(node.attributes().number("epsilon", 1e-5f));
  }

  @Override
  public void write(BatchNormalization norm, NodeWriter node) {
    node.number("epsilon", norm.epsilon());
  }
}
