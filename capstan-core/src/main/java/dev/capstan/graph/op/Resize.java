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
 * Interpolation along the spatial axes (all from 2 on).
 *
 * @param sampling how an element of the output is made of elements of the input
 * @param scales factors of the spatial extents, output {@code floor(scale * size)}; empty where the
 *     extents are given
 * @param sizes spatial extents of the output; empty where the scales are given. Where both are,
 *     they are those of input 1, whose elements do not matter
 */
public record Resize(Sampling sampling, List<Float> scales, List<Long> sizes) implements Operator {
  /** What is interpolated with. */
  public enum Mode {
    NEAREST,
    LINEAR,
    CUBIC
  }

  /** Where an element of the output lies in the input; ONNX gives the formulas. */
  public enum Coordinates {
    HALF_PIXEL,
    HALF_PIXEL_SYMMETRIC,
    PYTORCH_HALF_PIXEL,
    TF_HALF_PIXEL_FOR_NN,
    ALIGN_CORNERS,
    ASYMMETRIC
  }

  /** Which neighbour is nearest. */
  public enum Rounding {
    ROUND_PREFER_FLOOR,
    ROUND_PREFER_CEIL,
    FLOOR,
    CEIL
  }

  /**
   * How an element of the output is made of elements of the input.
   *
   * @param mode what is interpolated with
   * @param coordinates where it lies
   * @param rounding which neighbour is nearest, for mode NEAREST
   * @param cubic the cubic's coefficient, for mode CUBIC
   * @param excludeOutside whether neighbours outside of the input are left out, not repeated
   */
  public record Sampling(
      Mode mode, Coordinates coordinates, Rounding rounding, float cubic, boolean excludeOutside) {}

  /** Copies the lists. */
  public Resize {
    scales = List.copyOf(scales);
    sizes = List.copyOf(sizes);
  }

  /** Whether the extents are those of input 1. */
  public boolean isLikeOther() {
    return scales.isEmpty() && sizes.isEmpty();
  }

  /** Extent along a spatial axis (counted from 0) where the input has {@code size}. */
  public long extent(int axis, long size) {
    return sizes.isEmpty() ? (long) (scales.get(axis) * size) : sizes.get(axis);
  }

  /** Factor along a spatial axis (counted from 0). */
  public float scale(int axis, long size, long extent) {
    return scales.isEmpty() ? (float) extent / size : scales.get(axis);
  }

  @Override
  public List<TensorType> infer(Operands operands) {
    Shape input = operands.shape(0);
    List<Dim> dims = new ArrayList<>(input.dims());
    for (int axis = 2; axis < input.rank(); axis++) {
      dims.set(axis, dim(operands, axis));
    }
    return List.of(operands.type(0).with(new Shape(dims)));
  }

  private Dim dim(Operands operands, int axis) {
    Shape input = operands.shape(0);
    int given =
        isLikeOther() ? operands.shape(1).rank() : 2 + Math.max(scales.size(), sizes.size());
    if (given != input.rank()) {
      throw operands.error("expected %d spatial axes, found shape %s".formatted(given - 2, input));
    }
    if (isLikeOther()) {
      return operands.shape(1).dims().get(axis);
    }
    return sizes.isEmpty()
        ? input.dims().get(axis).map(size -> extent(axis - 2, size))
        : Dim.of(sizes.get(axis - 2));
  }

  @Override
  public void channels(ChannelFlow flow) {
    if (flow.alongAxis(0, 1)) {
      flow.pass(0, 0, 1);
    }
    if (isLikeOther()) {
      flow.ignore(1);
    }
  }
}
