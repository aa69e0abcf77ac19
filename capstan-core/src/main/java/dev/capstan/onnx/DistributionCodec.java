package dev.capstan.onnx;

import dev.capstan.error.InvalidInputException;
import dev.capstan.graph.Operator;
import dev.capstan.graph.op.Distribution;
import java.util.function.BiFunction;

/**
 * Softmax and its logarithm: below opset 13 over all axes from one on, by default 1; from there on
 * over one axis.
 *
 * @param make makes the operator of its axis and whether it goes over all from there on
 */
record DistributionCodec<D extends Distribution>(BiFunction<Integer, Boolean, D> make)
    implements OperatorCodec<D> {
  @Override
  public Operator read(NodeReader node) {
    boolean flattened = node.opset() < 13;
    long axis = node.attributes().integer("axis", flattened ? 1 : -1);
    return make.apply(Numbers.toInt(axis), flattened);
  }

  @Override
  public void write(D distribution, NodeWriter node) {
    boolean flattened = node.opset() < 13;
    if (flattened != distribution.flattened() && node.fromEnd(distribution.axis()) != -1) {
      throw new InvalidInputException(
          "softmax over %s cannot be said in opset %d"
              .formatted(
                  distribution.flattened() ? "several axes" : "an inner axis", node.opset()));
    }
    node.integer("axis", node.axis(distribution.axis()));
  }
}
