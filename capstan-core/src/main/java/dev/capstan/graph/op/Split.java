package dev.capstan.graph.op;

import dev.capstan.graph.ChannelFlow;
import dev.capstan.graph.Dim;
import dev.capstan.graph.Operands;
import dev.capstan.graph.Operator;
import dev.capstan.graph.Shape;
import dev.capstan.graph.TensorType;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;

/**
 * A tensor cut into parts, one an output.
 *
 * @param axis along which, from 0
 * @param parts number of parts
 * @param sizes their extents; empty means equal ones, the last smaller where they do not come out
 *     even
 */
public record Split(int axis, int parts, List<Long> sizes) implements Operator {
  /** Copies the list. */
  public Split {
    sizes = List.copyOf(sizes);
  }

  /** Extents of the parts of an axis of this extent. */
  public List<Long> sizes(long extent) {
    if (!sizes.isEmpty()) {
      return sizes;
    }
    long most = (extent + parts - 1) / parts;
    return IntStream.range(0, parts)
        .mapToObj(i -> Math.max(0, Math.min(most, extent - i * most)))
        .toList();
  }

  @Override
  public List<TensorType> infer(Operands operands) {
    Shape input = operands.shape(0);
    Dim extent = input.dims().get(input.axis(axis));
    List<Long> extents = sizes(extent.size());
    long total = extents.stream().mapToLong(Long::longValue).sum();
    if (extents.size() != operands.outputs() || (extent.isKnown() && total != extent.size())) {
      throw operands.error(
          "cannot cut axis %d of shape %s into %d parts of %s"
              .formatted(axis, input, operands.outputs(), extents));
    }
    List<TensorType> outputs = new ArrayList<>();
    for (long part : extents) {
      boolean known = extent.isKnown() || !sizes.isEmpty();
      outputs.add(operands.type(0).with(input.with(axis, known ? Dim.of(part) : Dim.UNKNOWN)));
    }
    return outputs;
  }

  @Override
  public void channels(ChannelFlow flow) {
    boolean cut = flow.axis(0) == axis;
    List<int[]> numbers = cut ? numbers(flow.operands().shape(0).size(axis)) : List.of();
    for (int i = 0; i < flow.operands().outputs(); i++) {
      if (cut) {
        flow.choose(0, i, numbers.get(i));
      } else {
        flow.pass(0, i, flow.axis(0));
      }
    }
  }

  /** The numbers of what is in each part. */
  private List<int[]> numbers(long extent) {
    List<int[]> numbers = new ArrayList<>();
    int from = 0;
    for (long size : sizes(extent)) {
      numbers.add(IntStream.range(from, from + Math.toIntExact(size)).toArray());
      from += Math.toIntExact(size);
    }
    return numbers;
  }

  @Override
  public Operator resized(Widths widths) {
    if (widths.inputAxis(0) != axis) {
      return this;
    }
    List<Long> moved =
        numbers(widths.inputBefore(0)).stream()
            .map(part -> (long) widths.moved(0, part).length)
            .toList();
    return new Split(axis, parts, moved);
  }
}
