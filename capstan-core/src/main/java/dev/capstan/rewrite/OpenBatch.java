package dev.capstan.rewrite;

import dev.capstan.graph.Dim;
import dev.capstan.graph.Graph;
import dev.capstan.graph.InvalidInputException;
import dev.capstan.graph.Node;
import dev.capstan.graph.Shape;
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
    check(open);
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
    if (!(node.operator() instanceof Reshape reshape) || reshape.allowZero()) {
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

  private static void check(Graph open) {
    Map<String, TensorType> types = ShapeInference.of(open);
    for (Value output : open.outputs()) {
      Shape shape = shape(types.get(output.name()));
      if (shape.rank() > 0 && shape.dims().get(0).isKnown()) {
        throw new InvalidInputException(
            "output '%s' has shape %s whatever the batch: the network mixes the batch with other axes; export it with a dynamic batch axis"
                .formatted(output.name(), shape));
      }
    }
  }

  private static Shape shape(@Nullable TensorType type) {
    return type == null ? Shape.of() : type.shape();
  }

  /** The network with inputs and outputs, and the targets of Reshapes, as {@code original} has. */
  public static Graph restore(Graph graph, Graph original) {
    if (original.inputs().stream().noneMatch(OpenBatch::isFixed)) {
      return graph;
    }
    List<Node> nodes = graph.nodes().stream().map(node -> restored(node, original)).toList();
    return graph.edit().inputs(original.inputs()).outputs(original.outputs()).nodes(nodes).build();
  }

  private static Node restored(Node node, Graph original) {
    Node before = original.producer(node.output());
    if (before == null
        || !(before.operator() instanceof Reshape was)
        || !(node.operator() instanceof Reshape is)) {
      return node;
    }
    List<Long> target = new ArrayList<>(is.target());
    target.set(0, was.target().get(0));
    return node.with(new Reshape(target, is.allowZero()));
  }
}
