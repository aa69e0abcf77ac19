package dev.capstan.onnx;

import ai.onnx.proto.OnnxMl.TensorProto;
import dev.capstan.array.Movements;
import dev.capstan.array.Pending;
import dev.capstan.array.Ranges;
import dev.capstan.error.InvalidInputException;
import dev.capstan.graph.Constant;
import dev.capstan.graph.Shape;
import dev.capstan.graph.op.Slice;
import dev.capstan.onnx.ConstantKernels.ConstantKernel;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.LongStream;
import org.jspecify.annotations.Nullable;

/** Operators that bring constants about: written down, filled, counted, or numbered. */
final class ConstantSources {
  static final Map<String, ConstantKernel> TABLE =
      Map.of(
          "Constant", node -> List.of(Pending.ready(constant(node))),
          "ConstantOfShape", node -> List.of(filled(node)),
          "Range", node -> List.of(range(node)),
          "Shape", node -> List.of(Pending.ready(shape(node))),
          "Size", node -> List.of(Pending.ready(size(node))));

  private ConstantSources() {}

  private static Constant constant(NodeReader node) {
    Attributes attributes = node.attributes();
    TensorProto tensor = attributes.tensor("value");
    if (tensor != null) {
      return node.constant(tensor);
    }
    if (attributes.has("value_int")) {
      return Constant.of(new long[] {attributes.integer("value_int", 0)});
    }
    if (attributes.has("value_float")) {
      return Constant.of(new float[] {attributes.number("value_float", 0)});
    }
    if (attributes.has("value_floats")) {
      return floats(attributes.numbers("value_floats"));
    }
    List<Long> integers = attributes.integers("value_ints");
    if (integers == null) {
      throw node.unsupported("a constant of this kind");
    }
    return longs(integers);
  }

  private static Constant floats(List<Float> values) {
    float[] elements = new float[values.size()];
    for (int i = 0; i < elements.length; i++) {
      elements[i] = values.get(i);
    }
    return Constant.of(elements, elements.length);
  }

  private static Constant longs(List<Long> values) {
    long[] elements = values.stream().mapToLong(Long::longValue).toArray();
    return Constant.of(elements, elements.length);
  }

  /** The one element that is repeated is a float32 0 unless the node says another. */
  private static Pending filled(NodeReader node) {
    long[] sizes = node.required(0, "shape").longs();
    if (LongStream.of(sizes).anyMatch(size -> size < 0)) {
      throw new InvalidInputException(
          "expected extents of at least 0, found " + Arrays.toString(sizes));
    }
    @Nullable TensorProto value = node.attributes().tensor("value");
    Constant element = value == null ? Constant.of(new float[1], 1) : node.constant(value);
    if (element.elements() != 1) {
      throw new InvalidInputException("expected one element to repeat, found " + element);
    }
    return Movements.filled(element, sizes);
  }

  private static Pending range(NodeReader node) {
    return Ranges.range(
        ConstantKernels.number(node, 0),
        ConstantKernels.number(node, 1),
        ConstantKernels.number(node, 2));
  }

  /** The extents of a shape that a Shape asks for: from opset 15 on a part of them. */
  static <T> List<T> part(List<T> extents, Attributes attributes) {
    Slice part =
        new Slice(
            List.of(attributes.integer("start", 0)),
            List.of(attributes.integer("end", Integer.MAX_VALUE)),
            List.of(0),
            List.of(1L));
    int start = (int) part.start(0, extents.size());
    return extents.subList(start, start + (int) part.count(0, extents.size()));
  }

  private static Constant shape(NodeReader node) {
    Shape shape = node.shape(0);
    return longs(part(LongStream.of(shape.sizes()).boxed().toList(), node.attributes()));
  }

  private static Constant size(NodeReader node) {
    return Constant.of(new long[] {node.shape(0).elements()});
  }
}
