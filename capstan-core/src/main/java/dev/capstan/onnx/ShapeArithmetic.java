package dev.capstan.onnx;

import ai.onnx.proto.OnnxMl.NodeProto;
import dev.capstan.error.InvalidInputException;
import dev.capstan.graph.Constant;
import dev.capstan.graph.Dim;
import dev.capstan.graph.Shape;
import dev.capstan.graph.op.Slice;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.function.Predicate;
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
  /** A list of extents: whether it is of integers, and whether it is a number without an axis. */
  private record Extents(List<Extent> elements, boolean integer, boolean scalar) {}

  /**
   * How an operator computes with extents.
   *
   * @param elements the result, null if the node is of another kind
   * @param integer whether the result is of integers
   * @param scalar whether it is a number without an axis
   */
  private record Rule(
      Function<NodeProto, @Nullable List<Extent>> elements,
      Predicate<NodeProto> integer,
      Predicate<NodeProto> scalar) {}

  private final NodeReader.Scope scope;
  private final TensorReader tensors;
  private final ReadBudget budget;
  private final Map<String, Extents> known = new HashMap<>();
  private final Map<String, Rule> rules = new HashMap<>();
  private final Rule elementwise = new Rule(this::function, this::allIntegers, this::allScalars);

  ShapeArithmetic(NodeReader.Scope scope, TensorReader tensors, ReadBudget budget) {
    this.scope = scope;
    this.tensors = tensors;
    this.budget = budget;
    Predicate<NodeProto> no = node -> false;
    rules.put("Shape", new Rule(this::shape, node -> true, no));
    rules.put("Gather", new Rule(this::gather, this::allIntegers, n -> isScalar(n.getInput(1))));
    rules.put("Slice", new Rule(this::slice, this::allIntegers, no));
    rules.put("Concat", new Rule(this::concat, this::allIntegers, no));
    rules.put("ConstantOfShape", new Rule(this::filled, this::allIntegers, no));
    rules.put("ReduceProd", new Rule(this::product, this::allIntegers, no));
    rules.put("Unsqueeze", new Rule(this::same, this::allIntegers, no));
    rules.put("Squeeze", new Rule(this::same, this::allIntegers, node -> true));
    rules.put("Identity", new Rule(this::same, this::allIntegers, this::allScalars));
    rules.put("Cast", new Rule(this::same, ShapeArithmetic::castsToInteger, this::allScalars));
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
    Rule rule = rules.getOrDefault(node.getOpType(), elementwise);
    List<Extent> elements = rule.elements().apply(node);
    if (elements == null) {
      return false;
    }
    known.put(
        node.getOutput(0),
        new Extents(elements, rule.integer().test(node), rule.scalar().test(node)));
    return true;
  }

  private @Nullable List<Extent> known(String value) {
    Extents extents = known.get(value);
    return extents == null ? null : extents.elements();
  }

  private @Nullable List<Extent> same(NodeProto node) {
    return known(node.getInput(0));
  }

  private static boolean castsToInteger(NodeProto node) {
    return !ElementTypes.fromOnnx((int) node.getAttribute(0).getI()).isFloating();
  }

  private boolean allIntegers(NodeProto node) {
    return node.getInputList().stream().allMatch(this::isInteger);
  }

  private boolean allScalars(NodeProto node) {
    return node.getInputList().stream().allMatch(this::isScalar);
  }

  private boolean isInteger(String value) {
    Extents extents = known.get(value);
    Constant constant = scope.constant(value);
    return (extents != null && extents.integer())
        || (constant != null && !constant.type().isFloating());
  }

  private boolean isScalar(String value) {
    Extents extents = known.get(value);
    Constant constant = scope.constant(value);
    return (extents != null && extents.scalar()) || (constant != null && constant.rank() == 0);
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
      budget.extents(list.size());
      lists.add(list);
    }
    return ExtentFunctions.apply(node.getOpType(), lists, allIntegers(node));
  }

  /** As many times the same number as a list of one says. */
  private @Nullable List<Extent> filled(NodeProto node) {
    List<Extent> count = elements(node.getInput(0));
    if (count == null || count.size() != 1 || !count.get(0).isNumber()) {
      return null;
    }
    long length = count.get(0).whole();
    if (length < 0) {
      throw new InvalidInputException("asks for a list of " + length + " elements");
    }
    budget.extents(length);
    Constant value = ConstantNodes.fill(node, tensors);
    double number =
        value.type().isFloating() ? value.floats()[0] : Numbers.longs(value).get(0).doubleValue();
    return Collections.nCopies((int) length, Extent.of(number));
  }

  private @Nullable List<Extent> product(NodeProto node) {
    List<Extent> list = known(node.getInput(0));
    if (list == null || !list.stream().allMatch(Extent::isNumber)) {
      return null;
    }
    return List.of(Extent.of(list.stream().mapToDouble(Extent::value).reduce(1, (a, b) -> a * b)));
  }

  private List<Extent> shape(String tensor) {
    Extents extents = known.get(tensor);
    if (extents != null) {
      return extents.scalar() ? List.of() : List.of(Extent.of(extents.elements().size()));
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
    List<Extent> source = known(node.getInput(0));
    Constant indices = node.getInputCount() == 2 ? scope.constant(node.getInput(1)) : null;
    if (source == null || indices == null) {
      return null;
    }
    budget.extents(indices.elements());
    Shape bounds = Shape.of(new long[source.size()]);
    return LongStream.of(indices.longs())
        .mapToObj(index -> source.get(bounds.axis(index)))
        .toList();
  }

  private @Nullable List<Extent> slice(NodeProto node) {
    List<Extent> source = known(node.getInput(0));
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
      budget.extents(part.size());
      all.addAll(part);
    }
    return all;
  }

  /** The elements of a list of extents or of a constant, null if it is neither. */
  @Nullable List<Extent> elements(String value) {
    Constant constant = scope.constant(value);
    if (constant == null || known.containsKey(value)) {
      return known(value);
    }
    budget.extents(constant.elements());
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
    Extents extents = known.get(value);
    if (extents == null || !extents.elements().stream().allMatch(Extent::isNumber)) {
      return null;
    }
    List<Extent> elements = extents.elements();
    budget.extents(elements.size());
    long[] sizes = extents.scalar() ? new long[0] : new long[] {elements.size()};
    if (extents.integer()) {
      return Constant.of(elements.stream().mapToLong(Extent::whole).toArray(), sizes);
    }
    float[] numbers = new float[elements.size()];
    for (int i = 0; i < numbers.length; i++) {
      numbers[i] = (float) elements.get(i).value();
    }
    return Constant.of(numbers, sizes);
  }
}
