package dev.capstan.rewrite;

import dev.capstan.error.InvalidInputException;
import dev.capstan.graph.Dim;
import dev.capstan.graph.Graph;
import dev.capstan.graph.Node;
import dev.capstan.graph.ShapeInference;
import dev.capstan.graph.TensorType;
import dev.capstan.graph.Value;
import dev.capstan.graph.op.Reshape;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Makes a graph whose batch size is fixed (the commonest export: 1, in Reshape targets too) run in
 * batches of any size, and back.
 */
public final class OpenBatch {
  private static final Dim BATCH = Dim.open("batch");

  private OpenBatch() {}

  /**
   * The same network for any batch; the graph itself if its batch is open already.
   *
   * @throws InvalidInputException if some operator mixes the batch with other axes
   */
  public static Graph apply(Graph graph) {
    if (graph.inputs().stream().noneMatch(OpenBatch::isFixed)) {
      return graph;
    }
    Map<String, TensorType> types = ShapeInference.of(graph);
    Graph open =
        graph
            .edit()
            .inputs(graph.inputs().stream().map(OpenBatch::opened).toList())
            .outputs(graph.outputs().stream().map(OpenBatch::opened).toList())
            .nodes(graph.nodes().stream().map(node -> opened(node, types)).toList())
            .build();
    check(open, types, batch(graph));
    return open;
  }

  private static boolean isFixed(Value value) {
    return value.type().shape().rank() > 0 && value.type().shape().dims().get(0).isKnown();
  }

  private static Value opened(Value value) {
    return isFixed(value)
        ? new Value(
            value.name(), value.type().with(value.type().shape().with(0, BATCH)), value.doc())
        : value;
  }

  /** A Reshape that names the batch size copies it from its input instead. */
  private static Node opened(Node node, Map<String, TensorType> types) {
    if (!(node.operator() instanceof Reshape reshape) || hasEmptyAxis(reshape)) {
      return node;
    }
    TensorType input = types.get(node.inputs().get(0));
    if (input == null || input.shape().rank() == 0 || reshape.target().isEmpty()) {
      return node;
    }
    if (input.shape().size(0) != reshape.target().get(0)) {
      return node;
    }
    List<Long> target = new ArrayList<>(reshape.target());
    target.set(0, 0L);
    return node.with(new Reshape(target, false));
  }

  /** Exporters allow an axis without elements where there is none; then 0 may copy as ever. */
  private static boolean hasEmptyAxis(Reshape reshape) {
    return reshape.allowZero() && reshape.target().contains(0L);
  }

  private static long batch(Graph graph) {
    Value fixed = graph.inputs().stream().filter(OpenBatch::isFixed).findFirst().orElseThrow();
    return fixed.type().shape().size(0);
  }

  private static void check(Graph open, Map<String, TensorType> before, long batch) {
    Map<String, TensorType> after = ShapeInference.of(open);
    for (Value output : open.outputs()) {
      Dim was = first(before.get(output.name()));
      Dim is = first(after.get(output.name()));
      if (is.isKnown() || (was.isKnown() && was.size() != batch)) {
        throw new InvalidInputException(
            "output '%s' has not one row an input of the batch: the network mixes the batch with other axes; export it with a dynamic batch axis"
                .formatted(output.name()));
      }
    }
  }

  /** Extent of the first axis; a scalar has one row whatever the batch. */
  private static Dim first(@Nullable TensorType type) {
    return type == null || type.shape().rank() == 0 ? Dim.of(1) : type.shape().dims().get(0);
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
    target.set(0, was.target().get(0));
    return node.with(new Reshape(target, is.allowZero()));
  }
}
