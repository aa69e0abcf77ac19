package dev.capstan.onnx;

import ai.onnx.proto.OnnxMl.AttributeProto;
import ai.onnx.proto.OnnxMl.GraphProto;
import ai.onnx.proto.OnnxMl.NodeProto;
import java.util.Map;
import java.util.function.UnaryOperator;

/**
 * Copies of nodes that stand elsewhere: their values have other names, and attributes that refer to
 * those of a call have their values, in subgraphs too.
 *
 * @param names the new name of each value; what is left out has none
 * @param attributes of the call, by name
 */
record RenamedNodes(UnaryOperator<String> names, Map<String, AttributeProto> attributes) {

  /** A node that is otherwise the same. */
  NodeProto copy(NodeProto node) {
    NodeProto.Builder copy = node.toBuilder().clearAttribute();
    for (int i = 0; i < node.getInputCount(); i++) {
      copy.setInput(i, name(node.getInput(i)));
    }
    for (int i = 0; i < node.getOutputCount(); i++) {
      copy.setOutput(i, name(node.getOutput(i)));
    }
    node.getAttributeList().forEach(attribute -> add(copy, attribute));
    return copy.build();
  }

  /** An attribute may refer to one of the call; where that has none, it has none either. */
  private void add(NodeProto.Builder node, AttributeProto attribute) {
    if (!attribute.getRefAttrName().isEmpty()) {
      AttributeProto value = attributes.get(attribute.getRefAttrName());
      if (value != null) {
        node.addAttribute(value.toBuilder().setName(attribute.getName()));
      }
    } else if (attribute.hasG() || attribute.getGraphsCount() > 0) {
      node.addAttribute(copy(attribute));
    } else {
      node.addAttribute(attribute);
    }
  }

  private AttributeProto.Builder copy(AttributeProto attribute) {
    AttributeProto.Builder copy = attribute.toBuilder().clearGraphs();
    if (attribute.hasG()) {
      copy.setG(copy(attribute.getG()));
    }
    attribute.getGraphsList().forEach(graph -> copy.addGraphs(copy(graph)));
    return copy;
  }

  /** What is noted about values inside goes: it is known by their names, and can be found anew. */
  private GraphProto copy(GraphProto graph) {
    GraphProto.Builder copy = graph.toBuilder().clearValueInfo().clearNode();
    copy.getInputBuilderList().forEach(value -> value.setName(name(value.getName())));
    copy.getOutputBuilderList().forEach(value -> value.setName(name(value.getName())));
    copy.getInitializerBuilderList().forEach(tensor -> tensor.setName(name(tensor.getName())));
    graph.getNodeList().forEach(node -> copy.addNode(copy(node)));
    return copy.build();
  }

  private String name(String value) {
    return value.isEmpty() ? "" : names.apply(value);
  }
}
