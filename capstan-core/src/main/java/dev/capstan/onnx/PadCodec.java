package dev.capstan.onnx;

import dev.capstan.error.InvalidInputException;
import dev.capstan.graph.Constant;
import dev.capstan.graph.Operator;
import dev.capstan.graph.Shape;
import dev.capstan.graph.op.Pad;
import java.util.Arrays;
import java.util.List;

/** Pad: pads and value are attributes below opset 11, inputs from there on; axes from 18. */
final class PadCodec implements OperatorCodec<Pad> {
  @Override
  public Operator read(NodeReader node) {
    Pad.Mode mode = node.attributes().constant("mode", Pad.Mode.CONSTANT);
    return node.opset() < 11 ? attributes(mode, node.attributes()) : inputs(mode, node);
  }

  private static Pad attributes(Pad.Mode mode, Attributes attributes) {
    List<Long> pads = attributes.integers("pads");
    if (pads == null) {
      throw new InvalidInputException("attribute 'pads' is missing");
    }
    return new Pad(mode, Numbers.ints(pads), attributes.number("value", 0));
  }

  private static Pad inputs(Pad.Mode mode, NodeReader node) {
    List<Integer> pads = Numbers.ints(Numbers.longs(node.required(1, "pads")));
    Constant value = node.folded(2, "value");
    Constant axes = node.folded(3, "axes");
    return new Pad(
        mode,
        axes == null ? pads : spread(pads, Numbers.longs(axes), node.shape(0)),
        value == null ? 0 : Numbers.single(value));
  }

  /** Pads of all axes, where some are given. */
  private static List<Integer> spread(List<Integer> pads, List<Long> axes, Shape input) {
    if (pads.size() != 2 * axes.size()) {
      throw new InvalidInputException(
          "expected pads to have %d elements, found %s".formatted(2 * axes.size(), pads));
    }
    Integer[] all = new Integer[2 * input.rank()];
    Arrays.fill(all, 0);
    for (int i = 0; i < axes.size(); i++) {
      int axis = input.axis(axes.get(i));
      all[axis] = pads.get(i);
      all[axis + input.rank()] = pads.get(i + axes.size());
    }
    return List.of(all);
  }

  @Override
  public void write(Pad pad, NodeWriter node) {
    if (pad.mode() == Pad.Mode.WRAP) {
      // ONNX has it from 19 on; exporters write it before, and ONNX Runtime takes it.
      node.needs(11, "mode wrap");
    }
    node.text("mode", Attributes.text(pad.mode()));
    if (node.opset() < 11) {
      node.integers("pads", pad.pads());
      node.number("value", pad.value());
    } else {
      node.input("pads", pad.pads());
      if (pad.value() != 0) {
        node.input("value", pad.value());
      }
    }
  }
}
