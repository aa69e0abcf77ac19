package dev.capstan.torch.internal.engine;

import dev.capstan.graph.Graph;
import dev.capstan.graph.Node;
import dev.capstan.graph.ShapeInference;
import dev.capstan.graph.TensorType;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * How many images go through a network at once where no gradients are asked for: values are dropped
 * after their last use, so what is alive at the same time bounds them.
 */
public final class InferenceBatch {
  /** Bytes that the values of a batch may take; what kernels take beside them is not counted. */
  private static final long MEMORY = 1L << 30;

  private InferenceBatch() {}

  /** At most so many images, and one at least. */
  public static int of(Graph graph, int most) {
    return (int) Math.max(1, Math.min(most, MEMORY / (Float.BYTES * mostAlive(graph))));
  }

  /** Elements that are alive at once while a graph runs on one image, at most. */
  static long mostAlive(Graph graph) {
    Map<String, TensorType> types = ShapeInference.of(graph);
    Map<String, Integer> lastUses = lastUses(graph);
    long alive =
        graph.inputs().stream().mapToLong(input -> elements(types.get(input.name()))).sum();
    long most = Math.max(1, alive);
    for (int i = 0; i < graph.nodes().size(); i++) {
      Node node = graph.nodes().get(i);
      alive += elements(types, node.outputs());
      most = Math.max(most, alive);
      int now = i;
      alive -=
          elements(
              types, used(graph, node).filter(v -> Objects.equals(lastUses.get(v), now)).toList());
      alive -= elements(types, node.outputs().stream().filter(v -> isIdle(graph, v)).toList());
    }
    return most;
  }

  /** What a node reads of other nodes and of inputs, each once. */
  private static Stream<String> used(Graph graph, Node node) {
    return node.inputs().stream()
        .filter(value -> !value.isEmpty() && graph.constant(value) == null)
        .distinct();
  }

  /** The place of the last node that reads a value; behind all of them for outputs. */
  private static Map<String, Integer> lastUses(Graph graph) {
    Map<String, Integer> last = new HashMap<>();
    for (int i = 0; i < graph.nodes().size(); i++) {
      int now = i;
      used(graph, graph.nodes().get(i)).forEach(value -> last.put(value, now));
    }
    graph.outputs().forEach(output -> last.put(output.name(), graph.nodes().size()));
    return last;
  }

  /** Whether nobody reads a value. */
  private static boolean isIdle(Graph graph, String value) {
    return graph.readers(value).isEmpty() && !graph.isOutput(value);
  }

  private static long elements(Map<String, TensorType> types, List<String> values) {
    return values.stream().mapToLong(value -> elements(types.get(value))).sum();
  }

  /** Of one image: an open extent is the batch. */
  private static long elements(@Nullable TensorType type) {
    return type == null ? 0 : type.shape().leastElements();
  }
}
