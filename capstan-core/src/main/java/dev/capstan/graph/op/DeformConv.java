package dev.capstan.graph.op;

import dev.capstan.graph.ChannelFlow;
import dev.capstan.graph.Operands;
import dev.capstan.graph.Operator;
import dev.capstan.graph.Shape;
import dev.capstan.graph.TensorType;
import java.util.List;

/**
 * Convolution of a plane whose taps lie elsewhere: {@code X (N x C x H x W), W (M x C/groups x k x
 * l), offset (N x 2*G*k*l x H' x W')[, B (M)[, mask (N x G*k*l x H' x W')]] -> N x M x H' x W'}.
 * Each tap reads X, linearly interpolated and 0 outside, at its place plus an offset (down, then to
 * the right), and is multiplied by its element of the mask.
 *
 * @param window kernel, strides, dilations, pads
 * @param groups number of groups of a convolution
 * @param offsetGroups G, equal runs of X's channels that have offsets of their own
 */
public record DeformConv(Window window, int groups, int offsetGroups) implements Operator {
  @Override
  public List<TensorType> infer(Operands operands) {
    Shape input = operands.shapeOfRank(0, 4);
    Shape weights = operands.shapeOfRank(1, 4);
    check(operands, input.size(1), weights.size(1) * groups, "input channels");
    check(operands, operands.shapeOfRank(2, 4).size(1), 2L * taps(), "offsets");
    if (operands.has(3)) {
      PerChannel.checkCount(operands, 3, weights.size(0));
    }
    if (operands.has(4)) {
      check(operands, operands.shapeOfRank(4, 4).size(1), taps(), "elements of the mask");
    }
    return List.of(operands.type(0).with(window.slide(input, weights.dims().get(0))));
  }

  private int taps() {
    return offsetGroups * window.taps();
  }

  private static void check(Operands operands, long found, long expected, String what) {
    if (found >= 0 && expected >= 0 && found != expected) {
      throw operands.error("expected %d %s, found %d".formatted(expected, what, found));
    }
  }

  @Override
  public long macs(Operands operands, List<TensorType> outputs) {
    return Conv.macs(operands.shape(1), outputs.get(0).shape());
  }

  /** All channels of a run are read at the same places. */
  @Override
  public void channels(ChannelFlow flow) {
    boolean plain = flow.constant(1) != null && groups == 1;
    if (!plain) {
      flow.pinOutput(0, "grouped or computed deformable convolution");
      return;
    }
    if (flow.alongAxis(0, 1)) {
      if (offsetGroups > 1) {
        flow.groupInput(0, offsetGroups);
      }
      flow.consume(0, 1, 1);
    }
    flow.produce(0, 1, Math.toIntExact(flow.operands().shape(1).size(0)));
    flow.encode(1, 0, 0);
    if (flow.operands().has(3)) {
      flow.encode(3, 0, 0);
    }
  }
}
