package dev.capstan.onnx;

import dev.capstan.error.InvalidInputException;
import dev.capstan.graph.Operator;
import dev.capstan.graph.Shape;
import dev.capstan.graph.op.Unsqueeze;
import java.util.List;

/** Unsqueeze: the axes are an attribute below opset 13, an input from there on. */
final class UnsqueezeCodec implements OperatorCodec<Unsqueeze> {
  @Override
  public Operator read(NodeReader node) {
    List<Long> axes = node.integers("axes", 13, 1);
    if (axes == null) {
      throw new InvalidInputException("axes are missing");
    }
    // Axes are those of the output, which has so many more.
    Shape output = Shape.of(new long[node.shape(0).rank() + axes.size()]);
    return new Unsqueeze(axes.stream().map(output::axis).sorted().toList());
  }

  @Override
  public void write(Unsqueeze unsqueeze, NodeWriter node) {
    node.integers("axes", 13, unsqueeze.axes());
  }
}
