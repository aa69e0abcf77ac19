package dev.capstan.graph;

import dev.capstan.error.InvalidInputException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;

/**
 * The extents of a tensor's axes, outermost first.
 *
 * @param dims one extent an axis
 */
public record Shape(List<Dim> dims) {
  /** Copies the list. */
  public Shape {
    dims = List.copyOf(dims);
  }

  /** A shape of known extents; -1 leaves one open. */
  public static Shape of(long... sizes) {
    return new Shape(
        Arrays.stream(sizes).mapToObj(size -> size < 0 ? Dim.UNKNOWN : Dim.of(size)).toList());
  }

  /** The number of axes. */
  public int rank() {
    return dims.size();
  }

  /** The axis that {@code axis} means, which may count from the end when negative. */
  public int axis(long axis) {
    long resolved = axis < 0 ? axis + rank() : axis;
    if (resolved < 0 || resolved >= rank()) {
      throw new InvalidInputException("axis " + axis + " of a tensor of shape " + this);
    }
    return (int) resolved;
  }

  /** The extent of an axis, -1 where unknown. */
  public long size(int axis) {
    return dims.get(axis).size();
  }

  /** This shape with another extent at one axis. */
  public Shape with(int axis, Dim dim) {
    List<Dim> changed = new ArrayList<>(dims);
    changed.set(axis, dim);
    return new Shape(changed);
  }

  /** Whether every extent is known. */
  public boolean isKnown() {
    return dims.stream().allMatch(Dim::isKnown);
  }

  /** The number of elements from axis {@code from} to {@code to} (exclusive), -1 if unknown. */
  public long elements(int from, int to) {
    return extent(from, to).size();
  }

  /** The extent of axes {@code from} to {@code to} (exclusive) as one. */
  public Dim extent(int from, int to) {
    return dims.subList(from, to).stream().reduce(Dim.of(1), Dim::times);
  }

  /** The number of elements, -1 if unknown. */
  public long elements() {
    return elements(0, rank());
  }

  /** The least number of elements: that where each open extent is 1. */
  public long leastElements() {
    return dims.stream()
        .mapToLong(Dim::size)
        .map(size -> Math.max(1, size))
        .reduce(1, (a, b) -> a * b);
  }

  /** The extents, -1 where unknown. */
  public long[] sizes() {
    return dims.stream().mapToLong(Dim::size).toArray();
  }

  @Override
  public String toString() {
    return dims.stream().map(Dim::toString).collect(Collectors.joining("x", "[", "]"));
  }
}
