package dev.capstan.onnx;

import ai.onnx.proto.OnnxMl.AttributeProto;
import ai.onnx.proto.OnnxMl.GraphProto;
import ai.onnx.proto.OnnxMl.NodeProto;
import ai.onnx.proto.OnnxMl.ValueInfoProto;
import java.util.LinkedHashSet;
import java.util.Set;

/** Graphs inside of nodes (If, Loop, Scan), which read values from around them by name. */
final class Subgraphs {
  private Subgraphs() {}

  /** The names a node reads, those in its subgraphs counted, be they theirs or from outside. */
  static Set<String> reads(NodeProto node) {
    Set<String> names = new LinkedHashSet<>();
    collect(node, names);
    names.remove("");
    return names;
  }

  private static void collect(NodeProto node, Set<String> names) {
    names.addAll(node.getInputList());
    for (AttributeProto attribute : node.getAttributeList()) {
      if (attribute.hasG()) {
        collect(attribute.getG(), names);
      }
      attribute.getGraphsList().forEach(graph -> collect(graph, names));
    }
  }

  private static void collect(GraphProto graph, Set<String> names) {
    graph.getNodeList().forEach(node -> collect(node, names));
    graph.getOutputList().stream().map(ValueInfoProto::getName).forEach(names::add);
  }
}
