package dev.capstan.torch.internal.engine;

import dev.capstan.graph.Graph;
import dev.capstan.graph.ShapeInference;
import dev.capstan.graph.TensorType;
import dev.capstan.graph.Value;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * How many images go through a network at once where no gradients are asked for: values are dropped
 * after their last use, so what is alive at the same time bounds them.
 */
public final class InferenceBatch {
  /** Bytes that the values of a batch may take; what kernels take beside them is not counted. */
  private static final long MEMORY = 1L << 30;

  private static final int USUAL = 100;

  private InferenceBatch() {}

  /** As many as usual, as far as they fit. */
  public static int of(Graph graph) {
    return of(graph, USUAL);
  }

  /** At most so many images, and one at least. */
  public static int of(Graph graph, int most) {
    return (int) Math.max(1, Math.min(most, MEMORY / (Float.BYTES * mostAlive(graph))));
  }

  /** Elements that are alive at once while a graph runs on one image, at most. */
  static long mostAlive(Graph graph) {
    Map<String, TensorType> types = ShapeInference.of(graph);
    List<List<String>> lastUses = LastUses.of(graph);
    long alive = elements(types, graph.inputs().stream().map(Value::name).toList());
    long most = Math.max(1, alive);
    for (int i = 0; i < lastUses.size(); i++) {
      alive += elements(types, graph.nodes().get(i).outputs());
      most = Math.max(most, alive);
      alive -= elements(types, lastUses.get(i));
    }
    return most;
  }

  private static long elements(Map<String, TensorType> types, List<String> values) {
    return values.stream().mapToLong(value -> elements(types.get(value))).sum();
  }

  /** Of one image: an open extent is the batch. */
  private static long elements(@Nullable TensorType type) {
    return type == null ? 0 : type.shape().leastElements();
  }
}
