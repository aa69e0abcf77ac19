package dev.capstan.onnx;

import dev.capstan.error.InvalidInputException;
import dev.capstan.graph.Constant;
import dev.capstan.graph.Operator;
import dev.capstan.graph.op.Slice;
import java.util.Collections;
import java.util.List;
import java.util.Set;
import java.util.stream.LongStream;
import org.jspecify.annotations.Nullable;

/** Slice: all in attributes below opset 10, in inputs from there on, steps only there. */
final class SliceCodec implements OperatorCodec<Slice> {
  @Override
  public Operator read(NodeReader node) {
    return parse(node);
  }

  static Slice parse(NodeReader node) {
    if (node.opset() < 10) {
      Attributes attributes = node.attributes();
      return slice(
          present(attributes.integers("starts"), "starts"),
          present(attributes.integers("ends"), "ends"),
          attributes.integers("axes"),
          null);
    }
    return slice(
        Numbers.longs(node.required(1, "starts")),
        Numbers.longs(node.required(2, "ends")),
        longs(node.folded(3, "axes")),
        longs(node.folded(4, "steps")));
  }

  private static List<Long> present(@Nullable List<Long> values, String name) {
    if (values == null) {
      throw new InvalidInputException("attribute '" + name + "' is missing");
    }
    return values;
  }

  private static @Nullable List<Long> longs(@Nullable Constant constant) {
    return constant == null ? null : Numbers.longs(constant);
  }

  private static Slice slice(
      List<Long> starts, List<Long> ends, @Nullable List<Long> axes, @Nullable List<Long> steps) {
    int count = starts.size();
    List<Long> allAxes = axes != null ? axes : LongStream.range(0, count).boxed().toList();
    List<Long> allSteps = steps != null ? steps : Collections.nCopies(count, 1L);
    if (ends.size() != count || allAxes.size() != count || allSteps.size() != count) {
      throw new InvalidInputException(
          "starts %s, ends %s, axes %s and steps %s differ in number"
              .formatted(starts, ends, allAxes, allSteps));
    }
    if (allSteps.contains(0L)) {
      throw new InvalidInputException("expected steps other than 0, found " + allSteps);
    }
    if (Set.copyOf(allAxes).size() < count) {
      throw new InvalidInputException("expected each of the axes once, found " + allAxes);
    }
    return new Slice(starts, ends, Numbers.ints(allAxes), allSteps);
  }

  @Override
  public void write(Slice slice, NodeWriter node) {
    if (node.opset() >= 10) {
      node.input("starts", slice.starts());
      node.input("ends", slice.ends());
      node.input("axes", slice.axes());
      node.input("steps", slice.steps());
      return;
    }
    if (slice.steps().stream().anyMatch(step -> step != 1)) {
      node.needs(10, "a step other than 1");
    }
    node.integers("starts", slice.starts());
    node.integers("ends", slice.ends());
    node.integers("axes", slice.axes().stream().map(node::axis).toList());
  }
}
