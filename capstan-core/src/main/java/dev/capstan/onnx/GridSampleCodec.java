package dev.capstan.onnx;

import dev.capstan.error.InvalidInputException;
import dev.capstan.graph.Operator;
import dev.capstan.graph.op.GridSample;
import dev.capstan.graph.op.GridSample.Mode;
import dev.capstan.graph.op.GridSample.Outside;

/** GridSample: below opset 20 the modes have the names that they have in a plane. */
final class GridSampleCodec implements OperatorCodec<GridSample> {
  private static final int ANY_RANK = 20;

  @Override
  public Operator read(NodeReader node) {
    Outside outside = node.attributes().constant("padding_mode", Outside.ZEROS);
    return new GridSample(mode(node), outside, node.attributes().flag("align_corners", false));
  }

  private static Mode mode(NodeReader node) {
    String linear = name(Mode.LINEAR, node.opset());
    String cubic = name(Mode.CUBIC, node.opset());
    String found = node.attributes().choice("mode", linear, linear, "nearest", cubic);
    return found.equals(linear) ? Mode.LINEAR : found.equals(cubic) ? Mode.CUBIC : Mode.NEAREST;
  }

  private static String name(Mode mode, long opset) {
    boolean plane = opset < ANY_RANK && mode != Mode.NEAREST;
    return plane ? "bi" + Attributes.text(mode) : Attributes.text(mode);
  }

  @Override
  public void write(GridSample sample, NodeWriter node) {
    node.needsOperator();
    if (node.opset() < ANY_RANK && node.inputType(0).shape().rank() != 4) {
      throw new InvalidInputException("places in a volume need opset " + ANY_RANK);
    }
    node.text("mode", name(sample.mode(), node.opset()));
    node.text("padding_mode", Attributes.text(sample.outside()));
    node.flag("align_corners", sample.alignCorners());
  }
}
