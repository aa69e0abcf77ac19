package dev.capstan.rewrite;

import dev.capstan.graph.Graph;
import dev.capstan.graph.ShapeInference;
import dev.capstan.graph.TensorType;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Types of a graph's values, inferred once for all patterns that a rule looks for in it. */
final class InferredTypes {
  private @Nullable Graph graph;
  private Map<String, TensorType> types = Map.of();

  /** Those of a graph, which is the last one again as long as a pass lasts. */
  Map<String, TensorType> of(Graph asked) {
    if (graph != asked) {
      types = ShapeInference.of(asked);
      graph = asked;
    }
    return types;
  }
}
