package dev.capstan.onnx;

import dev.capstan.graph.Constant;
import dev.capstan.graph.Node;
import dev.capstan.graph.TensorType;
import java.util.function.Function;

/**
 * Where a node is written only to see that the model's opset can say it: what cannot be written is
 * refused when it is read, not after hours of work.
 */
record TrialScope(long opset, Function<String, TensorType> types) implements NodeWriter.Scope {
  /**
   * Fails if a node cannot be written.
   *
   * @throws dev.capstan.error.InvalidInputException without the node's name
   */
  void check(Node node) {
    OperatorCodecs.of(node.operator()).write(node.operator(), new NodeWriter(node, this));
  }

  @Override
  public TensorType type(String value) {
    return types.apply(value);
  }

  @Override
  public String add(String name, Constant constant) {
    return name;
  }

  @Override
  public String name(String name) {
    return name;
  }
}
