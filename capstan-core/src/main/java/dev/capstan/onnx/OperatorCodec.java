package dev.capstan.onnx;

import dev.capstan.graph.Operator;

/**
 * How one operator is written in ONNX, in all opsets.
 *
 * @param <T> the operator
 */
interface OperatorCodec<T extends Operator> {
  /**
   * The operator that a node means. Constant inputs that become part of it are taken with {@link
   * NodeReader#folded}; the others stay inputs.
   *
   * @throws dev.capstan.error.InvalidInputException if the node says what the operator cannot hold;
   *     the caller adds the node's name
   */
  Operator read(NodeReader node);

  /**
   * Writes what the operator holds in the form of {@link NodeWriter#opset}: attributes, or
   * constants after the node's own inputs.
   *
   * @throws dev.capstan.error.InvalidInputException if that opset cannot say it; the caller adds
   *     the node's name
   */
  void write(T operator, NodeWriter node);

  /** Most outputs of the operator that a graph can hold; further ones are dropped. */
  default int maxOutputs(Operator operator) {
    return 1;
  }

  /** An operator that holds nothing and has one form in all opsets. */
  static <T extends Operator> OperatorCodec<T> plain(T operator) {
    return new OperatorCodec<>() {
      @Override
      public Operator read(NodeReader node) {
        return operator;
      }

      @Override
      public void write(T written, NodeWriter node) {}
    };
  }
}
