package dev.capstan.onnx;

import dev.capstan.graph.Constant;
import dev.capstan.graph.Operator;
import dev.capstan.graph.op.Clip;

/** Clip: the limits are attributes below opset 11, inputs from there on. */
final class ClipCodec implements OperatorCodec<Clip> {
  private static final float LOWEST = Float.NEGATIVE_INFINITY;
  private static final float HIGHEST = Float.POSITIVE_INFINITY;

  @Override
  public Operator read(NodeReader node) {
    if (node.opset() < 11) {
      Attributes attributes = node.attributes();
      return new Clip(attributes.number("min", LOWEST), attributes.number("max", HIGHEST));
    }
    return new Clip(limit(node, 1, "min", LOWEST), limit(node, 2, "max", HIGHEST));
  }

  private static float limit(NodeReader node, int input, String role, float otherwise) {
    Constant limit = node.folded(input, role);
    return limit == null ? otherwise : Numbers.single(limit);
  }

  @Override
  public void write(Clip clip, NodeWriter node) {
    write("min", clip.min(), LOWEST, node);
    write("max", clip.max(), HIGHEST, node);
  }

  private static void write(String role, float limit, float none, NodeWriter node) {
    if (limit == none) {
      node.omit();
    } else if (node.opset() < 11) {
      node.number(role, limit);
    } else {
      node.input(role, limit);
    }
  }
}
