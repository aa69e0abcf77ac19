package dev.capstan.onnx;

import dev.capstan.graph.InvalidInputException;
import dev.capstan.graph.Operator;
import dev.capstan.graph.op.Softmax;

/** Softmax: below opset 13 over all axes from one on, by default 1; from there on over one axis. */
final class SoftmaxCodec implements OperatorCodec<Softmax> {
  @Override
  public Operator read(NodeReader node) {
    boolean flattened = node.opset() < 13;
    long axis = node.attributes().integer("axis", flattened ? 1 : -1);
    return new Softmax(Numbers.toInt(axis), flattened);
  }

  @Override
  public void write(Softmax softmax, NodeWriter node) {
    boolean flattened = node.opset() < 13;
    if (flattened != softmax.flattened() && node.fromEnd(softmax.axis()) != -1) {
      throw new InvalidInputException(
          "softmax over %s cannot be said in opset %d"
              .formatted(softmax.flattened() ? "several axes" : "an inner axis", node.opset()));
    }
    node.integer("axis", node.axis(softmax.axis()));
  }
}
