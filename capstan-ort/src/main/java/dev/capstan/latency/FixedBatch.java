package dev.capstan.latency;

import dev.capstan.graph.Dim;
import dev.capstan.graph.Graph;
import dev.capstan.graph.Shape;
import dev.capstan.graph.Value;

/** Binds the batch that a network leaves open: what is timed has every extent known. */
public final class FixedBatch {
  private FixedBatch() {}

  /** The network for a batch of this size; inputs whose first axis is fixed keep theirs. */
  public static Graph of(Graph graph, int batch) {
    return graph
        .edit()
        .inputs(graph.inputs().stream().map(value -> bound(value, batch)).toList())
        .build();
  }

  private static Value bound(Value value, int batch) {
    Shape shape = value.type().shape();
    boolean open = shape.rank() > 0 && !shape.dims().get(0).isKnown();
    return open
        ? new Value(value.name(), value.type().with(shape.with(0, Dim.of(batch))), value.doc())
        : value;
  }
}
