package dev.capstan.onnx;

import dev.capstan.graph.Operator;
import dev.capstan.graph.op.Parametric;

/** The functions with parameters: all in attributes. */
record ParametricCodec(Parametric.Function function) implements OperatorCodec<Parametric> {
  @Override
  public Operator read(NodeReader node) {
    Parametric usual = function.usual();
    float alpha = node.attributes().number(function.first(), usual.alpha());
    float beta =
        function.second().isEmpty()
            ? usual.beta()
            : node.attributes().number(function.second(), usual.beta());
    return new Parametric(function, alpha, beta);
  }

  @Override
  public void write(Parametric parametric, NodeWriter node) {
    node.number(function.first(), parametric.alpha());
    if (!function.second().isEmpty()) {
      node.number(function.second(), parametric.beta());
    }
  }
}
