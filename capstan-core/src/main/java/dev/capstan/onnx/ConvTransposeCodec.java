package dev.capstan.onnx;

import dev.capstan.error.InvalidInputException;
import dev.capstan.graph.Operator;
import dev.capstan.graph.op.ConvTranspose;
import dev.capstan.graph.op.Window;
import java.util.List;

/** ConvTranspose: all in attributes. */
final class ConvTransposeCodec implements OperatorCodec<ConvTranspose> {
  @Override
  public Operator read(NodeReader node) {
    Window window = WindowCodec.read(node.attributes(), ConvCodec.kernel(node));
    return new ConvTranspose(
        window,
        Numbers.toInt(node.attributes().integer("group", 1)),
        WindowCodec.list(node.attributes(), "output_padding", window.rank(), 0),
        outputShape(node, window.rank()));
  }

  /** Some exporters give batch and channels too. */
  private static List<Integer> outputShape(NodeReader node, int rank) {
    List<Long> shape = node.attributes().integers("output_shape");
    if (shape == null) {
      return List.of();
    }
    if (shape.size() != rank && shape.size() != rank + 2) {
      throw new InvalidInputException(
          "expected output_shape to have %d elements, found %s".formatted(rank, shape));
    }
    return Numbers.ints(shape.subList(shape.size() - rank, shape.size()));
  }

  @Override
  public void write(ConvTranspose conv, NodeWriter node) {
    WindowCodec.write(conv.window(), node);
    WindowCodec.writeDilations(conv.window(), node, 1);
    node.integer("group", conv.groups());
    node.integers("output_padding", conv.outputPadding());
    if (!conv.outputShape().isEmpty()) {
      node.integers("output_shape", conv.outputShape());
    }
  }
}
