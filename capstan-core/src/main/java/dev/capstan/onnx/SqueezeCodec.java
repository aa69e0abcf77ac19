package dev.capstan.onnx;

import dev.capstan.graph.Operator;
import dev.capstan.graph.Shape;
import dev.capstan.graph.op.Squeeze;
import java.util.List;
import java.util.stream.IntStream;

/** Squeeze: the axes are an attribute below opset 13, an input from there on. */
final class SqueezeCodec implements OperatorCodec<Squeeze> {
  @Override
  public Operator read(NodeReader node) {
    Shape input = node.shape(0);
    List<Long> axes = node.integers("axes", 13, 1);
    if (axes != null) {
      return new Squeeze(axes.stream().map(input::axis).sorted().toList());
    }
    if (!input.isKnown()) {
      throw node.unsupported("all axes of extent 1 of shape " + input);
    }
    return new Squeeze(
        IntStream.range(0, input.rank()).filter(axis -> input.size(axis) == 1).boxed().toList());
  }

  @Override
  public void write(Squeeze squeeze, NodeWriter node) {
    node.integers("axes", 13, squeeze.axes());
  }
}
