package dev.capstan.onnx;

import dev.capstan.graph.Tail;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What is a tail's though a graph could hold it.
 *
 * @param nodes names of nodes
 * @param before the tail that the model has without them
 * @param inputs names of inputs; what reads them is the tail's too
 */
record Carried(Set<String> nodes, @Nullable Tail before, Set<String> inputs) {}
