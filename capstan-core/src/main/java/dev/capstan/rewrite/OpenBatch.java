package dev.capstan.rewrite;

import dev.capstan.error.InvalidInputException;
import dev.capstan.graph.Dim;
import dev.capstan.graph.Graph;
import dev.capstan.graph.Node;
import dev.capstan.graph.Shape;
import dev.capstan.graph.ShapeInference;
import dev.capstan.graph.TensorType;
import dev.capstan.graph.Value;
import dev.capstan.graph.op.Reshape;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Makes a graph whose batch size is fixed (the commonest export: 1, in Reshape targets too) run in
 * batches of any size, and back.
 */
public final class OpenBatch {
  private static final Dim BATCH = Dim.open("batch");

  private OpenBatch() {}

  /**
   * The same network for any batch; the graph itself if its batch is open already, and one for all
   * inputs.
   *
   * @throws InvalidInputException if some output has not one row an image: {@link BatchRows} tells
   *     what a graph must be rid of first
   */
  public static Graph apply(Graph graph) {
    if (graph.inputs().stream().noneMatch(OpenBatch::isFixed) && isOne(graph.inputs())) {
      return graph;
    }
    BatchRows rows = BatchRows.of(graph);
    for (Value output : graph.outputs()) {
      if (!rows.isRow(output.name())) {
        throw new InvalidInputException(
            "output '%s' has not one row an image: the network mixes the batch with other axes"
                .formatted(output.name()));
      }
    }
    return opened(graph, BATCH);
  }

  /** Exporters may name the batch of each input otherwise. */
  private static boolean isOne(List<Value> inputs) {
    return inputs.stream()
            .map(input -> input.type().shape())
            .filter(shape -> shape.rank() > 0)
            .map(shape -> shape.dims().get(0))
            .distinct()
            .count()
        < 2;
  }

  private static boolean isFixed(Value value) {
    return value.type().shape().rank() > 0 && value.type().shape().dims().get(0).isKnown();
  }

  /** Types of all values of a graph where its batch has this extent, as far as they are known. */
  public static Map<String, TensorType> types(Graph graph, Dim batch) {
    return ShapeInference.of(opened(graph, batch));
  }

  /** A graph with another batch, whatever becomes of what it gives. */
  static Graph opened(Graph graph, Dim batch) {
    Map<String, TensorType> before = ShapeInference.of(graph);
    Map<String, TensorType> after = new HashMap<>();
    graph.constants().forEach((name, constant) -> after.put(name, constant.tensorType()));
    List<Value> inputs = graph.inputs().stream().map(input -> opened(input, batch)).toList();
    inputs.forEach(input -> after.put(input.name(), input.type()));
    List<Node> nodes = new ArrayList<>();
    for (Node node : graph.nodes()) {
      Node open = opened(node, before, after);
      ShapeInference.infer(open, after, graph.constants());
      nodes.add(open);
    }
    List<Value> outputs = graph.outputs().stream().map(value -> opened(value, batch)).toList();
    return graph.edit().inputs(inputs).outputs(outputs).nodes(nodes).build();
  }

  private static Value opened(Value value, Dim batch) {
    return value.type().shape().rank() > 0
        ? new Value(
            value.name(), value.type().with(value.type().shape().with(0, batch)), value.doc())
        : value;
  }

  /**
   * A Reshape that names an extent which holds the batch has it follow from the others. An image's
   * elements lie together, so that axis counts as many rows an image as before.
   */
  private static Node opened(
      Node node, Map<String, TensorType> before, Map<String, TensorType> after) {
    if (!(node.operator() instanceof Reshape reshape) || hasEmptyAxis(reshape)) {
      return node;
    }
    Shape input = shape(before, node.inputs().get(0));
    Shape output = shape(before, node.output());
    int axis = batchAxis(input, shape(after, node.inputs().get(0)));
    return axis > 0
        ? node.with(inside(reshape, axis, input, output))
        : node.with(first(reshape, axis, input, output));
  }

  /**
   * The axis along which images lie: the first that has become open, or is called otherwise; where
   * none has, the first one that is open; -1 without any.
   */
  static int batchAxis(Shape before, Shape after) {
    int open = -1;
    for (int axis = 0; axis < after.rank(); axis++) {
      Dim dim = after.dims().get(axis);
      if (!dim.isKnown() && axis < before.rank() && !dim.equals(before.dims().get(axis))) {
        return axis;
      }
      open = open < 0 && !dim.isKnown() ? axis : open;
    }
    return open;
  }

  /**
   * Where images lie along an inner axis (sequences come first), and as many elements before: the
   * length of a sequence may be open, where it is copied.
   */
  private static Reshape inside(Reshape reshape, int axis, Shape input, Shape output) {
    long before = input.elements(0, axis);
    int to = -1;
    for (int i = 1; i < output.rank(); i++) {
      boolean asMany =
          before < 0
              ? i == axis && input.dims().subList(0, i).equals(output.dims().subList(0, i))
              : output.elements(0, i) == before;
      boolean fits = asMany && output.size(i) == input.size(axis);
      to = fits && (to < 0 || i == axis) ? i : to;
    }
    if (to < 0 || reshape.target().get(to) <= 0) {
      return reshape;
    }
    List<Long> target = new ArrayList<>(reshape.target());
    int open = target.indexOf(-1L);
    if (open >= 0 && output.size(open) < 0) {
      return reshape;
    }
    if (open >= 0) {
      target.set(open, output.size(open));
    }
    target.set(to, -1L);
    return new Reshape(target, false);
  }

  private static Reshape first(Reshape reshape, int axis, Shape input, Shape output) {
    List<Long> target = new ArrayList<>(reshape.target());
    if (axis != 0 || target.isEmpty() || target.get(0) <= 0) {
      return reshape;
    }
    boolean copied = input.size(0) == target.get(0);
    int open = target.indexOf(-1L);
    if (!copied && open >= 0 && output.size(open) < 0) {
      return reshape;
    }
    if (!copied && open >= 0) {
      target.set(open, output.size(open));
    }
    target.set(0, copied ? 0L : -1L);
    return new Reshape(target, false);
  }

  private static Shape shape(Map<String, TensorType> types, String value) {
    TensorType type = types.get(value);
    return type == null ? Shape.of() : type.shape();
  }

  /** Exporters allow an axis without elements where there is none; then 0 may copy as ever. */
  private static boolean hasEmptyAxis(Reshape reshape) {
    return reshape.allowZero() && reshape.target().contains(0L);
  }

  /** The network with inputs and outputs, and the targets of Reshapes, as {@code original} has. */
  public static Graph restore(Graph graph, Graph original) {
    boolean fixed = original.inputs().stream().anyMatch(OpenBatch::isFixed);
    List<Node> nodes =
        fixed
            ? graph.nodes().stream().map(node -> restored(node, original)).toList()
            : graph.nodes();
    return graph.edit().inputs(original.inputs()).outputs(original.outputs()).nodes(nodes).build();
  }

  private static Node restored(Node node, Graph original) {
    Node before = original.producer(node.output());
    if (before == null
        || !(before.operator() instanceof Reshape was)
        || was.target().isEmpty()
        || !(node.operator() instanceof Reshape is)) {
      return node;
    }
    List<Long> target = new ArrayList<>(is.target());
    for (int axis = 0; axis < target.size(); axis++) {
      if (axis == 0 || was.target().get(axis) < 0 || target.get(axis) < 0) {
        target.set(axis, was.target().get(axis));
      }
    }
    return node.with(new Reshape(target, is.allowZero()));
  }
}
