package dev.capstan.onnx;

import ai.onnx.proto.OnnxMl.AttributeProto;
import ai.onnx.proto.OnnxMl.GraphProto;
import ai.onnx.proto.OnnxMl.NodeProto;
import dev.capstan.graph.ForeignNode;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Nodes that no graph holds, without what only ONNX knows. */
final class ForeignNodes {
  private ForeignNodes() {}

  static ForeignNode read(NodeProto node) {
    Map<String, Object> attributes = new LinkedHashMap<>();
    List<ForeignNode> inner = new ArrayList<>();
    for (AttributeProto attribute : node.getAttributeList()) {
      switch (attribute.getType()) {
        case INT -> attributes.put(attribute.getName(), attribute.getI());
        case STRING -> attributes.put(attribute.getName(), attribute.getS().toStringUtf8());
        case GRAPH -> add(attribute.getG(), inner);
        case GRAPHS -> attribute.getGraphsList().forEach(graph -> add(graph, inner));
        default -> {
          // Nothing that is asked of such a node hangs on it.
        }
      }
    }
    return new ForeignNode(
        node.getName(),
        NodeParser.isStandard(node.getDomain()) ? "" : node.getDomain(),
        node.getOpType(),
        attributes,
        node.getInputList(),
        node.getOutputList(),
        inner);
  }

  private static void add(GraphProto graph, List<ForeignNode> inner) {
    graph.getNodeList().forEach(node -> inner.add(read(node)));
  }
}
