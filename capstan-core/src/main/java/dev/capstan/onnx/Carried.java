package dev.capstan.onnx;

import dev.capstan.graph.Tail;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Nodes that are a tail's though a graph could hold them.
 *
 * @param nodes their names
 * @param before the tail that the model has without them
 */
record Carried(Set<String> nodes, @Nullable Tail before) {
  static final Carried NONE = new Carried(Set.of(), null);

  /** Why there is a tail without them. */
  List<String> reasons() {
    return before == null ? List.of() : before.reasons();
  }
}
