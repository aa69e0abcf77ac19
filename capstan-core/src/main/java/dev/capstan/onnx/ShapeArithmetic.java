package dev.capstan.onnx;

import ai.onnx.proto.OnnxMl.NodeProto;
import dev.capstan.array.Movements;
import dev.capstan.graph.Constant;
import dev.capstan.graph.DataType;
import dev.capstan.graph.Dim;
import dev.capstan.graph.Shape;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import org.jspecify.annotations.Nullable;

/**
 * Targets that a model computes from shapes it asks for, as exporters write {@code
 * x.view(x.size(0), -1)}: Shape, Gather, Unsqueeze, Concat, Mul, Where and so on.
 *
 * <p>Such nodes vanish. What is known becomes a constant; where an extent is left open, the kernels
 * of constants compute the other elements, and numbers in place of the open ones tell where these
 * are moved to. A Reshape that copies its input's own extents says so by 0.
 */
final class ShapeArithmetic {
  private static final Set<String> MOVING = ConstantMovements.TABLE.keySet();
  private static final Set<String> COMPUTING = ConstantArithmetic.TABLE.keySet();

  /** Types that hold any extent as it is. */
  private static final Set<DataType> WIDE =
      Set.of(DataType.INT32, DataType.INT64, DataType.FLOAT32, DataType.FLOAT64);

  private final NodeReader.Scope scope;
  private final ConstantFolding folding;
  private final ReadBudget budget;
  private final ExtentAlgebra algebra = new ExtentAlgebra(this::isSame);
  private final Map<String, PartlyKnown> known = new HashMap<>();

  ShapeArithmetic(NodeReader.Scope scope, ConstantFolding folding, ReadBudget budget) {
    this.scope = scope;
    this.folding = folding;
    this.budget = budget;
  }

  /**
   * Takes a node that computes with extents.
   *
   * @param constants takes what of it is known
   * @return false if it is of another kind
   */
  boolean read(NodeProto node, KnownConstants constants) {
    Map<String, PartlyKnown> outputs;
    try {
      outputs = NodeParser.isStandard(node.getDomain()) ? outputs(node) : Map.of();
    } catch (UnsupportedException e) {
      return false;
    }
    outputs.forEach(
        (name, value) -> {
          if (value.isKnown()) {
            constants.add(name, value.numbers());
          } else {
            known.put(name, value);
          }
        });
    return !outputs.isEmpty();
  }

  private Map<String, PartlyKnown> outputs(NodeProto node) {
    String type = node.getOpType();
    if (type.equals("Shape") && node.getInputCount() == 1) {
      return Map.of(node.getOutput(0), PartlyKnown.of(shape(node)));
    }
    if (type.equals("Size") && scope.shape(node.getInput(0)).isKnown()) {
      Extent size = Extent.of(scope.shape(node.getInput(0)).elements());
      return Map.of(node.getOutput(0), PartlyKnown.of(Constant.of(new long[1]), List.of(size)));
    }
    if (node.getInputList().stream().noneMatch(known::containsKey)) {
      return Map.of();
    }
    boolean chooses = type.equals("Where") && known.containsKey(node.getInput(0));
    if (MOVING.contains(type) && !chooses) {
      return moved(node);
    }
    return COMPUTING.contains(type) || chooses ? computed(node) : Map.of();
  }

  private List<Extent> shape(NodeProto node) {
    String tensor = node.getInput(0);
    List<Dim> dims = scope.shape(tensor).dims();
    List<Extent> extents = new ArrayList<>();
    for (int axis = 0; axis < dims.size(); axis++) {
      Dim dim = dims.get(axis);
      extents.add(dim.isKnown() ? Extent.of(dim.size()) : Extent.of(tensor, axis));
    }
    return ConstantSources.part(extents, new Attributes(node.getAttributeList()));
  }

  /** Numbers all elements that may be moved, from 1, and looks where the numbers went. */
  private Map<String, PartlyKnown> moved(NodeProto node) {
    Map<String, Constant> places = new HashMap<>();
    List<Extent> all = new ArrayList<>(List.of(Extent.of(0)));
    for (int i = 0; i < node.getInputCount(); i++) {
      boolean isMoved = ConstantMovements.isMoved(node.getOpType(), i);
      if (!isMoved && known.containsKey(node.getInput(i))) {
        throw new UnsupportedException("moves by open extents");
      }
      PartlyKnown input = isMoved ? input(node.getInput(i)) : null;
      if (input != null) {
        places.put(node.getInput(i), numbered(input.numbers(), all.size()));
        all.addAll(input.elements());
      }
    }
    Map<String, Constant> numbers = folding.computed(node, substituted(node));
    Map<String, Constant> moved = folding.computed(node, new SubstitutedScope(scope, places));
    Map<String, PartlyKnown> outputs = new LinkedHashMap<>();
    numbers.forEach(
        (name, constant) -> {
          long[] place = Objects.requireNonNull(moved.get(name)).longs();
          Map<Integer, Extent> open = new HashMap<>();
          for (int i = 0; i < place.length; i++) {
            Extent extent = all.get((int) place[i]);
            if (!extent.isNumber()) {
              open.put(i, extent);
            }
          }
          outputs.put(name, new PartlyKnown(constant, open));
        });
    return outputs;
  }

  private static Constant numbered(Constant like, int first) {
    long[] numbers = LongStream.range(first, (long) first + like.elements()).toArray();
    return Constant.of(numbers, like.sizes());
  }

  /** The node's scope with numbers in place of what is only partly known. */
  private NodeReader.Scope substituted(NodeProto node) {
    Map<String, Constant> numbers = new HashMap<>();
    for (String value : node.getInputList()) {
      PartlyKnown partly = known.get(value);
      if (partly != null) {
        numbers.put(value, partly.numbers());
      }
    }
    return new SubstitutedScope(scope, numbers);
  }

  /** Where all elements that meet are numbers, so is the result; else the algebra says. */
  private Map<String, PartlyKnown> computed(NodeProto node) {
    Constant numbers =
        Objects.requireNonNull(folding.computed(node, substituted(node)).get(node.getOutput(0)));
    List<List<Extent>> operands = new ArrayList<>();
    for (String value : node.getInputList()) {
      PartlyKnown operand = input(value);
      if (operand != null) {
        operands.add(broadcast(operand, numbers.sizes()));
      }
    }
    List<Extent> elements =
        IntStream.range(0, numbers.elements())
            .mapToObj(i -> element(node.getOpType(), operands, i, numbers))
            .toList();
    return Map.of(node.getOutput(0), PartlyKnown.of(numbers, elements));
  }

  private Extent element(String type, List<List<Extent>> operands, int index, Constant numbers) {
    List<Extent> meeting = operands.stream().map(operand -> operand.get(index)).toList();
    if (meeting.stream().allMatch(Extent::isNumber)) {
      return Extent.of(numbers.real(index));
    }
    Extent result = algebra.apply(type, meeting);
    return result.isAxis() && !WIDE.contains(numbers.type()) ? Extent.COMPUTED : result;
  }

  private static List<Extent> broadcast(PartlyKnown operand, long[] sizes) {
    List<Extent> elements = operand.elements();
    Constant places = Movements.expanded(numbered(operand.numbers(), 0), sizes).make();
    return LongStream.of(places.longs()).mapToObj(place -> elements.get((int) place)).toList();
  }

  /** Whether two open extents are the same: one axis, or two of one name. */
  private boolean isSame(Extent a, Extent b) {
    Dim dim = dim(a);
    return a.equals(b) || (!dim.symbol().isEmpty() && dim.equals(dim(b)));
  }

  private Dim dim(Extent extent) {
    return scope.shape(extent.tensor()).dims().get((int) extent.whole());
  }

  /** A value that was computed from extents, or a constant as one; null if it is neither. */
  private @Nullable PartlyKnown input(String value) {
    Constant constant = known.containsKey(value) ? null : scope.constant(value);
    PartlyKnown input = constant == null ? known.get(value) : new PartlyKnown(constant, Map.of());
    budget.extents(input == null ? 0 : input.numbers().elements());
    return input;
  }

  /** The elements of a list of extents or of a constant, null if it is neither. */
  @Nullable List<Extent> elements(String value) {
    PartlyKnown list = input(value);
    return list == null ? null : list.elements();
  }

  /** What is known of a value that leaves an extent open, null if it is of another kind. */
  @Nullable PartlyKnown list(String value) {
    return known.get(value);
  }

  /** The shape of a value that leaves an extent open, null if it is of another kind. */
  @Nullable Shape shape(String value) {
    PartlyKnown partly = known.get(value);
    return partly == null ? null : partly.numbers().shape();
  }
}
