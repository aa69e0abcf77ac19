package dev.capstan.graph.op;

import dev.capstan.error.InvalidInputException;
import dev.capstan.graph.Dim;
import dev.capstan.graph.Shape;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

/**
 * A window that slides over the spatial axes of an {@code N x C x D1 x ... x Dk} tensor.
 *
 * <p>Output extent, per axis: {@code floor((size + before + after - dilation * (kernel - 1) - 1) /
 * stride) + 1}, with ceil for floor where {@code ceil} is set.
 *
 * @param kernel extents, one a spatial axis
 * @param strides steps
 * @param dilations distances between the taps
 * @param pads padding before all axes, then after all axes; empty unless {@code autoPad} is NOTSET
 * @param autoPad how padding follows from the input's extents, if it does
 * @param ceil whether a window that only partly fits counts (pooling)
 */
public record Window(
    List<Integer> kernel,
    List<Integer> strides,
    List<Integer> dilations,
    List<Integer> pads,
    AutoPad autoPad,
    boolean ceil) {

  /** ONNX's ways of padding. */
  public enum AutoPad {
    NOTSET,
    SAME_UPPER,
    SAME_LOWER,
    VALID
  }

  /** Copies the lists. */
  public Window {
    kernel = List.copyOf(kernel);
    strides = List.copyOf(strides);
    dilations = List.copyOf(dilations);
    pads = List.copyOf(pads);
  }

  /** A square window of a plane, padded alike on all sides. */
  public static Window square(int kernel, int stride, int pad) {
    return new Window(
        Collections.nCopies(2, kernel),
        Collections.nCopies(2, stride),
        Collections.nCopies(2, 1),
        Collections.nCopies(4, pad),
        AutoPad.NOTSET,
        false);
  }

  /** Number of spatial axes. */
  public int rank() {
    return kernel.size();
  }

  /** Taps of the window. */
  public int taps() {
    return kernel.stream().reduce(1, (a, b) -> a * b);
  }

  /** Padding before all axes, then after all, for an input of these spatial extents. */
  public List<Integer> pads(long[] spatial) {
    return switch (autoPad) {
      case NOTSET -> pads;
      case VALID -> Collections.nCopies(2 * rank(), 0);
      case SAME_UPPER, SAME_LOWER -> samePads(spatial);
    };
  }

  private List<Integer> samePads(long[] spatial) {
    List<Integer> before = new ArrayList<>();
    List<Integer> after = new ArrayList<>();
    for (int i = 0; i < rank(); i++) {
      long out = (spatial[i] + strides.get(i) - 1) / strides.get(i);
      int total = (int) Math.max(0, (out - 1) * strides.get(i) + extent(i) - spatial[i]);
      int smaller = total / 2;
      before.add(autoPad == AutoPad.SAME_UPPER ? smaller : total - smaller);
      after.add(autoPad == AutoPad.SAME_UPPER ? total - smaller : smaller);
    }
    before.addAll(after);
    return before;
  }

  /** Elements that the window spans along an axis. */
  int extent(int axis) {
    return dilations.get(axis) * (kernel.get(axis) - 1) + 1;
  }

  /**
   * Shape of the output for an input of this shape, with {@code channels} in place of its own.
   *
   * @throws InvalidInputException if the window does not fit into the input
   */
  public Shape slide(Shape input, Dim channels) {
    List<Dim> dims = new ArrayList<>(List.of(input.dims().get(0), channels));
    for (int i = 0; i < rank(); i++) {
      Dim dim = input.dims().get(i + 2);
      if (dim.isKnown() && slide(i, dim.size()) < 1) {
        throw new InvalidInputException(
            "a window of %s does not fit into an input of shape %s".formatted(kernel, input));
      }
      int axis = i;
      dims.add(dim.map(size -> slide(axis, size)));
    }
    return new Shape(dims);
  }

  private long slide(int axis, long size) {
    int stride = strides.get(axis);
    return switch (autoPad) {
      case SAME_UPPER, SAME_LOWER -> (size + stride - 1) / stride;
      case VALID -> Math.floorDiv(size - extent(axis), (long) stride) + 1;
      case NOTSET -> padded(axis, size);
    };
  }

  private long padded(int axis, long size) {
    int stride = strides.get(axis);
    long room = size + pads.get(axis) + pads.get(axis + rank()) - extent(axis);
    long steps = Math.floorDiv(room, (long) stride);
    // A window that would start in the padding after the input is left out, as in ONNX Runtime.
    boolean another = ceil && steps * stride < room && (steps + 1) * stride < size + pads.get(axis);
    return steps + (another ? 2 : 1);
  }
}
