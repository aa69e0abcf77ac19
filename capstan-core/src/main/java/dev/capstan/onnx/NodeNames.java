package dev.capstan.onnx;

import ai.onnx.proto.OnnxMl.NodeProto;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/** Names of nodes, which ONNX lets be empty or alike and a graph does not. */
final class NodeNames {
  private NodeNames() {}

  /** The nodes; the first to have a name keeps it, others and those without get one. */
  static List<NodeProto> named(List<NodeProto> nodes) {
    // All given names are taken from the start: a later node keeps its own.
    UniqueNames names = new UniqueNames(nodes.stream().map(NodeProto::getName).toList());
    Set<String> seen = new HashSet<>();
    List<NodeProto> named = new ArrayList<>();
    for (NodeProto node : nodes) {
      boolean empty = node.getName().isEmpty();
      if (!empty && seen.add(node.getName())) {
        named.add(node);
      } else {
        String name = names.numbered(empty ? node.getOpType() : node.getName());
        named.add(node.toBuilder().setName(name).build());
      }
    }
    return named;
  }
}
