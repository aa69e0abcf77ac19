package dev.capstan.onnx;

import ai.onnx.proto.OnnxMl.GraphProto;
import ai.onnx.proto.OnnxMl.NodeProto;
import ai.onnx.proto.OnnxMl.TensorProto;
import dev.capstan.graph.Constant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Copies of what a graph inside of a node holds, to stand in that node's place. Names that are
 * given in the graph become unique, since others may use the same ones; those from around it stay.
 */
final class InnerNodes {
  private final FunctionCalls functions;
  private final ReadBudget budget;
  private final UniqueNames names;

  /**
   * What makes copies.
   *
   * @param functions what may be called in the graphs
   * @param names what nodes and values that are added may not be called
   */
  InnerNodes(FunctionCalls functions, ReadBudget budget, UniqueNames names) {
    this.functions = functions;
    this.budget = budget;
    this.names = names;
  }

  /**
   * What stands in a node's place.
   *
   * @param nodes in order
   * @param constants that they read, by name
   */
  record Inner(List<NodeProto> nodes, Map<String, Constant> constants) {}

  /**
   * What a graph holds.
   *
   * @param outside names that values inside have outside; those of all others are added
   * @param prefix of the names that they get
   * @throws UnsupportedException if it holds a tensor that cannot be read
   */
  Inner copies(
      GraphProto graph, Map<String, String> outside, String prefix, NodeReader.Scope scope) {
    List<NodeProto> nodes = NodeOrder.runnable(graph.getNodeList());
    budget.names(Subgraphs.names(nodes).size() * (long) prefix.length());
    Map<String, Constant> constants = new LinkedHashMap<>();
    for (TensorProto tensor : graph.getInitializerList()) {
      String name = names.unique(prefix + tensor.getName());
      outside.put(tensor.getName(), name);
      constants.put(name, scope.constant(tensor));
    }
    for (NodeProto inner : nodes) {
      inner.getOutputList().stream()
          .filter(value -> !value.isEmpty())
          .forEach(value -> outside.computeIfAbsent(value, v -> names.unique(prefix + v)));
    }
    RenamedNodes copies = new RenamedNodes(value -> outside.getOrDefault(value, value), Map.of());
    List<NodeProto> copied =
        functions.inlined(nodes.stream().map(copies::copy).toList()).stream()
            .map(inner -> named(inner, prefix))
            .toList();
    return new Inner(copied, constants);
  }

  private NodeProto named(NodeProto inner, String prefix) {
    String name = inner.getName().isEmpty() ? inner.getOpType() : inner.getName();
    return inner.toBuilder().setName(names.unique(prefix + name)).build();
  }

  /** A node that gives a value a second name. */
  static NodeProto identity(String value, String name) {
    NodeProto.Builder node = NodeProto.newBuilder().setOpType("Identity").setName(name);
    return node.addInput(value).addOutput(name).build();
  }

  /** A name for a constant that is added. */
  String unique(String name) {
    return names.unique(name);
  }
}
