package dev.capstan.onnx;

import ai.onnx.proto.OnnxMl.NodeProto;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/** Names of nodes, which ONNX lets be empty or alike and a graph does not. */
final class NodeNames {
  private final UniqueNames names;
  private final Set<String> seen = new HashSet<>();

  NodeNames(List<NodeProto> nodes) {
    // All given names are taken from the start: a later node keeps its own.
    names = new UniqueNames(nodes.stream().map(NodeProto::getName).toList());
  }

  /** The node's own name if it is the first to have it; to be called once for each, in order. */
  String of(NodeProto node) {
    if (node.getName().isEmpty()) {
      return names.numbered(node.getOpType());
    }
    return seen.add(node.getName()) ? node.getName() : names.numbered(node.getName());
  }
}
