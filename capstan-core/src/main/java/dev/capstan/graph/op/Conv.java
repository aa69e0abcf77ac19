package dev.capstan.graph.op;

import dev.capstan.graph.ChannelFlow;
import dev.capstan.graph.Operands;
import dev.capstan.graph.Operator;
import dev.capstan.graph.Shape;
import dev.capstan.graph.TensorType;
import java.util.List;

/**
 * Convolution: {@code X (N x C x D...), W (M x C/groups x k...), B (M) -> N x M x D'...}.
 *
 * @param window kernel, strides, dilations, pads
 * @param groups number of groups; with C groups it is depthwise, each channel giving M/C
 */
public record Conv(Window window, int groups) implements Operator {
  @Override
  public List<TensorType> infer(Operands operands) {
    Shape input = operands.shapeOfRank(0, window.rank() + 2);
    operands.expectOneType();
    Shape weights = operands.shapeOfRank(1, window.rank() + 2);
    long channels = input.size(1);
    if (channels >= 0 && weights.size(1) >= 0 && channels != weights.size(1) * groups) {
      throw operands.error(
          "expected %d input channels (weights %s, %d groups), found %d"
              .formatted(weights.size(1) * groups, weights, groups, channels));
    }
    if (operands.has(2)) {
      PerChannel.checkCount(operands, 2, weights.size(0));
    }
    return List.of(operands.type(0).with(window.slide(input, weights.dims().get(0))));
  }

  @Override
  public long macs(Operands operands, List<TensorType> outputs) {
    return macs(operands.shape(1), outputs.get(0).shape());
  }

  /** Each element of the output is a sum over the weights of one of its channels. */
  public static long macs(Shape weights, Shape output) {
    return output.elements() * weights.elements(1, weights.rank());
  }

  @Override
  public void channels(ChannelFlow flow) {
    if (flow.constant(1) == null) {
      flow.pin(0, "weights are computed");
      flow.pinOutput(0, "weights are computed");
    } else if (groups == 1) {
      if (flow.alongAxis(0, 1)) {
        flow.consume(0, 1, 1);
      }
      flow.produce(0, 1, Math.toIntExact(flow.operands().shape(1).size(0)));
      encodeOutput(flow);
    } else if (isDepthwise(flow)) {
      if (flow.alongAxis(0, 1)) {
        flow.selectOnly(0, "depthwise convolution");
        flow.passRepeated(0, 0, 1, Math.toIntExact(flow.operands().shape(1).size(0) / groups));
        encodeOutput(flow);
      }
    } else {
      grouped(flow);
    }
  }

  private void grouped(ChannelFlow flow) {
    if (flow.alongAxis(0, 1)) {
      flow.groupInput(0, groups);
      flow.consume(0, 1, 1, groups);
    }
    flow.produce(0, 1, Math.toIntExact(flow.operands().shape(1).size(0)));
    flow.groupOutput(0, groups);
    encodeOutput(flow);
  }

  private boolean isDepthwise(ChannelFlow flow) {
    return groups == flow.operands().shape(0).size(1);
  }

  private static void encodeOutput(ChannelFlow flow) {
    flow.encode(1, 0, 0);
    if (flow.operands().has(2)) {
      flow.encode(2, 0, 0);
    }
  }

  @Override
  public Operator resized(Widths widths) {
    boolean depthwise = groups > 1 && groups == widths.inputBefore(0);
    return depthwise ? new Conv(window, widths.input(0)) : this;
  }
}
