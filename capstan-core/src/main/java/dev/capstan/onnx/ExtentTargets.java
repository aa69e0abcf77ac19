package dev.capstan.onnx;

import dev.capstan.graph.Dim;
import dev.capstan.graph.Shape;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/** What lists of extents ({@link ShapeArithmetic}) say to the operators that they steer. */
final class ExtentTargets {
  private final NodeReader.Scope scope;

  ExtentTargets(NodeReader.Scope scope) {
    this.scope = scope;
  }

  /**
   * The target of a Reshape: 0 where the extent is its input's own, -1 for one that is not.
   *
   * @param list name of the list
   * @throws UnsupportedException if it leaves more than one extent open
   */
  List<Long> reshape(List<Extent> extents, String list, String input) {
    List<Long> target = new ArrayList<>();
    for (Extent extent : extents) {
      boolean own = !extent.isNumber() && isOwn(extent, input, target.size());
      target.add(extent.isNumber() ? extent.whole() : own ? 0L : -1L);
    }
    int rest = extents.indexOf(Extent.of(-1));
    long parts = rest < 0 ? -1 : parts(extents, input);
    if (parts > 0) {
      target.set(rest, parts);
    }
    if (target.stream().filter(size -> size == -1).count() > 1) {
      throw new UnsupportedException(
          "its shape '%s' leaves more than one extent open: %s".formatted(list, target));
    }
    return target;
  }

  /**
   * What -1 stands for beside the other extents: of a tensor of 4 N x 10 elements [N, 4, -1] leaves
   * 10.
   *
   * @return -1 if they do not tell
   */
  private long parts(List<Extent> extents, String input) {
    Dim all = scope.shape(input).dims().stream().reduce(Dim.of(1), Dim::times);
    Dim others = Dim.of(1);
    for (Extent extent : extents) {
      boolean isRest = extent.equals(Extent.of(-1));
      others =
          isRest ? others : others.times(extent.isNumber() ? Dim.of(extent.whole()) : dim(extent));
    }
    boolean alike = !all.symbol().isEmpty() && all.symbol().equals(others.symbol());
    return alike && all.times() % others.times() == 0 ? all.times() / others.times() : -1;
  }

  private Dim dim(Extent extent) {
    return extent.isAxis()
        ? scope.shape(extent.tensor()).dims().get((int) extent.whole())
        : Dim.UNKNOWN;
  }

  /** Whether extents are all those of a tensor. */
  boolean isShape(List<Extent> extents, String tensor) {
    Shape shape = scope.shape(tensor);
    return extents.size() == shape.rank()
        && IntStream.range(0, shape.rank())
            .allMatch(
                axis -> {
                  Extent extent = extents.get(axis);
                  return extent.isNumber()
                      ? extent.value() == shape.size(axis)
                      : isOwn(extent, tensor, axis);
                });
  }

  /**
   * Extents that an operator resizes {@code input} to: numbers, its own up to axis 2, or all of
   * another tensor from there on.
   *
   * @return null if the list means anything else
   */
  NodeReader.@Nullable Sizes resize(List<Extent> extents, String input) {
    if (extents.stream().allMatch(Extent::isNumber)) {
      return new NodeReader.Sizes(extents.stream().map(Extent::whole).toList(), null);
    }
    if (extents.size() < 3) {
      return null;
    }
    List<Long> numbers = new ArrayList<>();
    for (int axis = 0; axis < 2; axis++) {
      Extent extent = extents.get(axis);
      if (!extent.isNumber() && !isOwn(extent, input, axis)) {
        return null;
      }
      numbers.add(extent.isNumber() ? extent.whole() : -1);
    }
    List<Extent> spatial = extents.subList(2, extents.size());
    if (spatial.stream().allMatch(Extent::isNumber)) {
      spatial.forEach(extent -> numbers.add(extent.whole()));
      return new NodeReader.Sizes(numbers, null);
    }
    Extent open = spatial.stream().filter(extent -> !extent.isNumber()).findFirst().orElseThrow();
    return open.isAxis() && isOf(open.tensor(), spatial)
        ? new NodeReader.Sizes(numbers, open.tensor())
        : null;
  }

  /** Whether extents are all those of a tensor from axis 2 on. */
  private boolean isOf(String tensor, List<Extent> spatial) {
    Shape shape = scope.shape(tensor);
    boolean all = shape.rank() == spatial.size() + 2;
    for (int i = 0; all && i < spatial.size(); i++) {
      Extent extent = spatial.get(i);
      all =
          extent.isNumber()
              ? extent.value() == shape.size(i + 2)
              : extent.equals(Extent.of(tensor, i + 2));
    }
    return all;
  }

  /** Whether an open extent is that of the input at the same axis: itself, or of the same name. */
  private boolean isOwn(Extent extent, String input, int axis) {
    if (!extent.isAxis()) {
      return false;
    }
    if (extent.tensor().equals(input) && extent.value() == axis) {
      return true;
    }
    Dim dim = dim(extent);
    List<Dim> dims = scope.shape(input).dims();
    return axis < dims.size() && !dim.symbol().isEmpty() && dim.equals(dims.get(axis));
  }
}
