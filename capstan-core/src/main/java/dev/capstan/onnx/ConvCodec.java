package dev.capstan.onnx;

import dev.capstan.error.InvalidInputException;
import dev.capstan.graph.Constant;
import dev.capstan.graph.Operator;
import dev.capstan.graph.op.Conv;
import dev.capstan.graph.op.Window;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Conv: all in attributes. The kernel's extents may be left to the weights. */
final class ConvCodec implements OperatorCodec<Conv> {
  @Override
  public Operator read(NodeReader node) {
    Window window = WindowCodec.read(node.attributes(), kernel(node));
    return new Conv(window, Numbers.toInt(node.attributes().integer("group", 1)));
  }

  static List<Integer> kernel(NodeReader node) {
    @Nullable List<Long> said = node.attributes().integers("kernel_shape");
    Constant weights = node.constant(1);
    if (weights == null) {
      if (said == null) {
        throw new InvalidInputException("attribute 'kernel_shape' is missing");
      }
      return Numbers.ints(said);
    }
    List<Long> sizes = Arrays.stream(weights.sizes()).skip(2).boxed().toList();
    if (said != null && !said.equals(sizes)) {
      throw new InvalidInputException(
          "expected weights with a kernel of %s, found shape %s".formatted(said, weights.shape()));
    }
    return Numbers.ints(sizes);
  }

  @Override
  public void write(Conv conv, NodeWriter node) {
    WindowCodec.write(conv.window(), node);
    WindowCodec.writeDilations(conv.window(), node, 1);
    node.integer("group", conv.groups());
  }
}
