package dev.capstan.onnx;

import ai.onnx.proto.OnnxMl.NodeProto;
import dev.capstan.graph.Node;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** Nodes that simpler or fewer operators do the work of, and those that nothing needs then. */
final class NodePatterns {
  private final GroupedNorms norms;
  private final IndexedNodes indexed;

  /**
   * What reads such nodes.
   *
   * @param producers the node that gives a value, null if there is none
   * @param tables indices that hang on the batch
   * @param names what nodes that are added may not be called
   */
  NodePatterns(
      NodeReader.Scope scope,
      Function<String, @Nullable Node> producers,
      BatchTables tables,
      UniqueNames names) {
    this.norms = new GroupedNorms(scope, producers);
    this.indexed = new IndexedNodes(scope, producers, tables, names);
  }

  /** The nodes that one amounts to; none if it ends no pattern. */
  List<Node> read(NodeProto node) {
    Node norm = norms.read(node);
    return norm == null ? indexed.read(node) : List.of(norm);
  }

  /**
   * Removes nodes whose output was read by such nodes alone as no longer read it.
   *
   * @param nodes in the order of a run
   * @param protos the file's nodes
   * @param given values that are outputs
   */
  void removeBypassed(List<Node> nodes, List<NodeProto> protos, Set<String> given) {
    Map<String, String> bypassed = new HashMap<>(indexed.bypassed());
    bypassed.putAll(norms.bypassed());
    // From the end on: what was read by nodes that go may go too.
    for (int i = nodes.size() - 1; i >= 0; i--) {
      String value = nodes.get(i).output();
      String reader = bypassed.get(value);
      if (reader != null
          && !given.contains(value)
          && nodes.stream().noneMatch(other -> other.inputs().contains(value))
          && protos.stream()
              .filter(proto -> !proto.getName().equals(reader))
              .noneMatch(proto -> Subgraphs.reads(proto).contains(value))) {
        nodes.remove(i);
      }
    }
  }
}
