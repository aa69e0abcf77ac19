package dev.capstan.onnx;

import ai.onnx.proto.OnnxMl.GraphProto;
import ai.onnx.proto.OnnxMl.NodeProto;
import ai.onnx.proto.OnnxMl.ValueInfoProto;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;

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

  /** All names that nodes and values have, in subgraphs too. */
  static Set<String> names(List<NodeProto> nodes) {
    Set<String> names = new LinkedHashSet<>();
    nodes.forEach(node -> addAll(node, names));
    return names;
  }

  /** The number of nodes, those in subgraphs counted. */
  static long count(NodeProto node) {
    return 1
        + graphs(node)
            .flatMap(graph -> graph.getNodeList().stream())
            .mapToLong(Subgraphs::count)
            .sum();
  }

  private static void addAll(NodeProto node, Set<String> names) {
    names.add(node.getName());
    names.addAll(node.getInputList());
    names.addAll(node.getOutputList());
    graphs(node)
        .forEach(
            graph -> {
              graph.getInputList().forEach(value -> names.add(value.getName()));
              graph.getOutputList().forEach(value -> names.add(value.getName()));
              graph.getInitializerList().forEach(tensor -> names.add(tensor.getName()));
              graph.getNodeList().forEach(inner -> addAll(inner, names));
            });
  }

  private static Stream<GraphProto> graphs(NodeProto node) {
    return node.getAttributeList().stream()
        .flatMap(
            attribute ->
                Stream.concat(
                    attribute.hasG() ? Stream.of(attribute.getG()) : Stream.empty(),
                    attribute.getGraphsList().stream()));
  }

  private static void collect(NodeProto node, Set<String> names) {
    names.addAll(node.getInputList());
    graphs(node).forEach(graph -> collect(graph, names));
  }

  private static void collect(GraphProto graph, Set<String> names) {
    graph.getNodeList().forEach(node -> collect(node, names));
    graph.getOutputList().stream().map(ValueInfoProto::getName).forEach(names::add);
  }
}
