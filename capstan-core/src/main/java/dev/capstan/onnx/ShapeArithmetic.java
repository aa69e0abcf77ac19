package dev.capstan.onnx;

import ai.onnx.proto.OnnxMl.NodeProto;
import dev.capstan.graph.Constant;
import dev.capstan.graph.Dim;
import dev.capstan.graph.Shape;
import dev.capstan.graph.op.Slice;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import org.jspecify.annotations.Nullable;

/**
 * Lists of extents that a model computes from the shapes of its tensors, as exporters write {@code
 * x.view(x.size(0), -1)}: Shape, Gather, Unsqueeze, Concat, Mul, Where and so on.
 *
 * <p>Such nodes vanish: each element is a number or an extent left open, and a Reshape that copies
 * its input's own extents says so by 0.
 */
final class ShapeArithmetic {
  private final NodeReader.Scope scope;
  private final TensorReader tensors;
  private final Map<String, List<Extent>> known = new HashMap<>();
  private final Set<String> integers = new HashSet<>();
  private final Set<String> scalars = new HashSet<>();

  ShapeArithmetic(NodeReader.Scope scope, TensorReader tensors) {
    this.scope = scope;
    this.tensors = tensors;
  }

  /**
   * Takes a node that computes with extents.
   *
   * @return false if it is of another kind
   */
  boolean read(NodeProto node) {
    if (!NodeParser.isStandard(node.getDomain())
        || node.getInputCount() == 0
        || node.getOutputCount() != 1) {
      return false;
    }
    List<Extent> result =
        switch (node.getOpType()) {
          case "Shape" -> shape(node);
          case "Gather" -> gather(node);
          case "Slice" -> slice(node);
          case "Concat" -> concat(node);
          case "ConstantOfShape" -> filled(node);
          case "ReduceProd" -> product(node);
          case "Unsqueeze", "Squeeze", "Cast", "Identity" -> known.get(node.getInput(0));
          default -> function(node);
        };
    if (result != null) {
      known.put(node.getOutput(0), result);
      mark(node);
    }
    return result != null;
  }

  /** Notes whether the list is of integers, and whether it is a number without an axis. */
  private void mark(NodeProto node) {
    String output = node.getOutput(0);
    if (isInteger(node)) {
      integers.add(output);
    }
    boolean scalar =
        switch (node.getOpType()) {
          case "Gather" -> isScalar(node.getInput(1));
          case "Squeeze" -> true;
          case "Shape", "Slice", "Concat", "ConstantOfShape", "Unsqueeze", "ReduceProd" -> false;
          default -> node.getInputList().stream().allMatch(this::isScalar);
        };
    if (scalar) {
      scalars.add(output);
    }
  }

  private boolean isInteger(NodeProto node) {
    if (node.getOpType().equals("Cast")) {
      return !ElementTypes.fromOnnx((int) node.getAttribute(0).getI()).isFloating();
    }
    return node.getOpType().equals("Shape")
        || node.getInputList().stream().allMatch(this::isInteger);
  }

  private boolean isInteger(String value) {
    Constant constant = scope.constant(value);
    return integers.contains(value) || (constant != null && !constant.type().isFloating());
  }

  private boolean isScalar(String value) {
    Constant constant = scope.constant(value);
    return scalars.contains(value) || (constant != null && constant.rank() == 0);
  }

  /** From opset 15 on a part may be asked for. */
  private List<Extent> shape(NodeProto node) {
    List<Extent> all = shape(node.getInput(0));
    Attributes attributes = new Attributes(node.getAttributeList());
    Slice part =
        new Slice(
            List.of(attributes.integer("start", 0)),
            List.of(attributes.integer("end", Integer.MAX_VALUE)),
            List.of(0),
            List.of(1L));
    int start = (int) part.start(0, all.size());
    return all.subList(start, start + (int) part.count(0, all.size()));
  }

  private @Nullable List<Extent> function(NodeProto node) {
    if (node.getInputList().stream().noneMatch(known::containsKey)) {
      return null;
    }
    List<List<Extent>> lists = new ArrayList<>();
    for (String input : node.getInputList()) {
      List<Extent> list = elements(input);
      if (list == null) {
        return null;
      }
      lists.add(list);
    }
    return ExtentFunctions.apply(node.getOpType(), lists, isInteger(node));
  }

  /** As many times the same number as a list of one says. */
  private @Nullable List<Extent> filled(NodeProto node) {
    List<Extent> count = elements(node.getInput(0));
    if (count == null || count.size() != 1 || !count.get(0).isNumber()) {
      return null;
    }
    Constant value = ConstantNodes.fill(node, tensors);
    double number =
        value.type().isFloating() ? value.floats()[0] : Numbers.longs(value).get(0).doubleValue();
    return Collections.nCopies((int) count.get(0).whole(), Extent.of(number));
  }

  private @Nullable List<Extent> product(NodeProto node) {
    List<Extent> list = known.get(node.getInput(0));
    if (list == null || !list.stream().allMatch(Extent::isNumber)) {
      return null;
    }
    return List.of(Extent.of(list.stream().mapToDouble(Extent::value).reduce(1, (a, b) -> a * b)));
  }

  private List<Extent> shape(String tensor) {
    List<Extent> list = known.get(tensor);
    if (list != null) {
      return scalars.contains(tensor) ? List.of() : List.of(Extent.of(list.size()));
    }
    List<Dim> dims = scope.shape(tensor).dims();
    return IntStream.range(0, dims.size())
        .mapToObj(
            axis ->
                dims.get(axis).isKnown()
                    ? Extent.of(dims.get(axis).size())
                    : new Extent(axis, tensor))
        .toList();
  }

  private @Nullable List<Extent> gather(NodeProto node) {
    List<Extent> source = known.get(node.getInput(0));
    Constant indices = node.getInputCount() == 2 ? scope.constant(node.getInput(1)) : null;
    if (source == null || indices == null) {
      return null;
    }
    Shape bounds = Shape.of(new long[source.size()]);
    return LongStream.of(indices.longs())
        .mapToObj(index -> source.get(bounds.axis(index)))
        .toList();
  }

  private @Nullable List<Extent> slice(NodeProto node) {
    List<Extent> source = known.get(node.getInput(0));
    if (source == null) {
      return null;
    }
    Slice slice = SliceCodec.parse(new NodeReader(node, scope));
    long start = slice.start(0, source.size());
    return LongStream.range(0, slice.count(0, source.size()))
        .mapToObj(i -> source.get((int) (start + i * slice.steps().get(0))))
        .toList();
  }

  private @Nullable List<Extent> concat(NodeProto node) {
    if (node.getInputList().stream().noneMatch(known::containsKey)) {
      return null;
    }
    List<Extent> all = new ArrayList<>();
    for (String input : node.getInputList()) {
      List<Extent> part = elements(input);
      if (part == null) {
        return null;
      }
      all.addAll(part);
    }
    return all;
  }

  /** The elements of a list of extents or of a constant, null if it is neither. */
  @Nullable List<Extent> elements(String value) {
    Constant constant = scope.constant(value);
    if (constant == null || known.containsKey(value)) {
      return known.get(value);
    }
    return constant.type().isFloating()
        ? Numbers.floats(constant).stream().map(Extent::of).toList()
        : LongStream.of(constant.longs()).mapToObj(Extent::of).toList();
  }

  /** Whether a value is a list of extents. */
  boolean isKnown(String value) {
    return known.containsKey(value);
  }

  /** The list as a constant, or null if it is none or leaves an extent open. */
  @Nullable Constant constant(String value) {
    List<Extent> extents = known.get(value);
    if (extents == null || !extents.stream().allMatch(Extent::isNumber)) {
      return null;
    }
    long[] sizes = scalars.contains(value) ? new long[0] : new long[] {extents.size()};
    if (integers.contains(value)) {
      return Constant.of(extents.stream().mapToLong(Extent::whole).toArray(), sizes);
    }
    float[] numbers = new float[extents.size()];
    for (int i = 0; i < numbers.length; i++) {
      numbers[i] = (float) extents.get(i).value();
    }
    return Constant.of(numbers, sizes);
  }
}
