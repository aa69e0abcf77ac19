package dev.capstan.onnx;

import ai.onnx.proto.OnnxMl.ModelProto;
import dev.capstan.error.InvalidInputException;
import dev.capstan.graph.Graph;
import dev.capstan.rewrite.BatchRows;
import java.util.Set;

/**
 * How a model is read: once, and again where that shows what must be read otherwise.
 *
 * @param model the model
 * @param tensors reads its tensors
 * @param runtime computes constants, and shows what operators that are not known do
 * @param apart names of inputs that are the tail's
 */
record Reading(ModelProto model, TensorReader tensors, ConstantRuntime runtime, Set<String> apart) {
  /** The graph up to the first operators that are not known. */
  Graph plain() {
    return read(new Carried(Set.of(), null, apart), OpaqueNodes.none());
  }

  /** The graph of what has one row an image, on both sides of operators that are not known. */
  Graph inBatches() {
    Graph first = plain();
    OpaqueNodes held = OpaqueNodes.none();
    Graph graph = first;
    boolean mayHelp = first.tail().map(OpaqueNodes::mayHelp).orElse(false);
    if (mayHelp && runtime != ConstantRuntime.NONE) {
      OpaqueNodes candidates = OpaqueNodes.all(runtime);
      Graph further = further(first, candidates);
      held = further == first ? held : candidates;
      graph = further;
    }
    Set<String> losing = BatchRows.losing(graph);
    return losing.isEmpty()
        ? graph
        : read(new Carried(losing, graph.tail().orElse(null), apart), held);
  }

  /** The graph with what it can hold of its tail; itself where no layers come of that. */
  private Graph further(Graph first, OpaqueNodes held) {
    Carried none = new Carried(Set.of(), null, apart);
    try {
      Graph all = read(none, held);
      return held.keepUseful(all) ? read(none, held) : first;
    } catch (InvalidInputException | UnsupportedException e) {
      // What is carried over may say what no graph can hold.
      return first;
    }
  }

  private Graph read(Carried carried, OpaqueNodes held) {
    return GraphReader.read(model, tensors, runtime, carried, held);
  }
}
