package dev.capstan.graph.op;

import dev.capstan.graph.ChannelFlow;
import dev.capstan.graph.Dim;
import dev.capstan.graph.Operands;
import dev.capstan.graph.Operator;
import dev.capstan.graph.Shape;
import dev.capstan.graph.TensorType;
import java.util.ArrayList;
import java.util.List;

/**
 * Transposed convolution: {@code X (N x C x D...), W (C x M/groups x k...), B (M) -> N x M x
 * D'...}.
 *
 * <p>Output extent, per axis: {@code stride * (size - 1) + dilation * (kernel - 1) + 1 +
 * outputPadding - before - after}, where before and after are cut off the whole.
 *
 * @param window kernel, strides, dilations, and pads, which are cut off
 * @param groups number of groups
 * @param outputPadding elements added after each spatial axis
 * @param outputShape spatial extents the pads follow from; empty if they do not
 */
public record ConvTranspose(
    Window window, int groups, List<Integer> outputPadding, List<Integer> outputShape)
    implements Operator {
  /** Copies the lists. */
  public ConvTranspose {
    outputPadding = List.copyOf(outputPadding);
    outputShape = List.copyOf(outputShape);
  }

  /**
   * Elements cut off before all spatial axes, then after all, for an input of these extents;
   * negative where the output is to be larger than the whole.
   */
  public List<Integer> cut(long[] spatial) {
    Window.AutoPad way = window.autoPad();
    if (outputShape.isEmpty() && way == Window.AutoPad.NOTSET) {
      return window.pads();
    }
    List<Integer> before = new ArrayList<>();
    List<Integer> after = new ArrayList<>();
    for (int i = 0; i < window.rank(); i++) {
      int total = (int) (whole(i, spatial[i]) - wanted(i, spatial[i]));
      int half = Math.max(0, total) / 2;
      int first = way == Window.AutoPad.SAME_UPPER ? half : Math.max(0, total) - half;
      before.add(first);
      after.add(total - first);
    }
    before.addAll(after);
    return before;
  }

  private long whole(int i, long size) {
    return window.strides().get(i) * (size - 1) + window.extent(i) + outputPadding.get(i);
  }

  private long wanted(int i, long size) {
    if (!outputShape.isEmpty()) {
      return outputShape.get(i);
    }
    return window.autoPad() == Window.AutoPad.VALID
        ? whole(i, size)
        : Math.min(whole(i, size), size * window.strides().get(i));
  }

  @Override
  public List<TensorType> infer(Operands operands) {
    Shape input = operands.shapeOfRank(0, window.rank() + 2);
    operands.expectOneType();
    Shape weights = operands.shapeOfRank(1, window.rank() + 2);
    long channels = input.size(1);
    if (channels >= 0 && weights.size(0) >= 0 && channels != weights.size(0)) {
      throw operands.error(
          "expected %d input channels (weights %s), found %d"
              .formatted(weights.size(0), weights, channels));
    }
    if (operands.has(2)) {
      PerChannel.checkCount(operands, 2, weights.size(1) < 0 ? -1 : weights.size(1) * groups);
    }
    List<Dim> dims = new ArrayList<>(List.of(input.dims().get(0)));
    dims.add(weights.dims().get(1).map(size -> size * groups));
    for (int i = 0; i < window.rank(); i++) {
      int axis = i;
      dims.add(input.dims().get(i + 2).map(size -> extent(axis, size)));
    }
    return List.of(operands.type(0).with(new Shape(dims)));
  }

  private long extent(int i, long size) {
    long[] spatial = new long[window.rank()];
    spatial[i] = size;
    List<Integer> cut = cut(spatial);
    return Math.max(0, whole(i, size) - cut.get(i) - cut.get(i + window.rank()));
  }

  @Override
  public long macs(Operands operands, List<TensorType> outputs) {
    return macs(operands.shape(0), operands.shape(1));
  }

  /** Each element of the input is multiplied by the weights of one of its channels. */
  public static long macs(Shape input, Shape weights) {
    return input.elements() * weights.elements(1, weights.rank());
  }

  @Override
  public void channels(ChannelFlow flow) {
    Shape weights = flow.operands().shape(1);
    boolean depthwise = groups == weights.size(0) && weights.size(1) == 1;
    if (flow.constant(1) == null) {
      flow.pin(0, "weights are computed");
      flow.pinOutput(0, "weights are computed");
    } else if (!flow.alongAxis(0, 1)) {
      flow.produce(0, 1, Math.toIntExact(weights.size(1) * groups));
      encode(flow, 1);
    } else if (depthwise) {
      flow.selectOnly(0, "depthwise convolution");
      flow.pass(0, 0, 1);
      encode(flow, 0);
    } else {
      flow.consume(0, 1, 0);
      flow.produce(0, 1, Math.toIntExact(weights.size(1) * groups));
      if (groups > 1) {
        flow.groupInput(0, groups);
        flow.groupOutput(0, groups);
      }
      encode(flow, 1);
    }
  }

  private void encode(ChannelFlow flow, int axis) {
    flow.encode(1, axis, 0, axis == 1 ? groups : 1);
    if (flow.operands().has(2)) {
      flow.encode(2, 0, 0);
    }
  }

  @Override
  public Operator resized(Widths widths) {
    boolean depthwise = groups > 1 && groups == widths.inputBefore(0);
    return depthwise
        ? new ConvTranspose(window, widths.input(0), outputPadding, outputShape)
        : this;
  }
}
