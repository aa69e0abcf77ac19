package dev.capstan.graph;

import java.util.stream.Collectors;

/**
 * The text of a graph: stable, complete but for the constants' elements, and made to be compared.
 */
final class GraphText {
  private GraphText() {}

  static String of(Graph graph) {
    StringBuilder text = new StringBuilder();
    line(text, "graph " + graph.name() + " opset " + graph.metadata().opset());
    graph.inputs().forEach(value -> line(text, "input " + value.name() + " " + value.type()));
    graph.constants().forEach((name, constant) -> line(text, "const " + name + " " + constant));
    graph.nodes().forEach(node -> line(text, of(node)));
    graph.outputs().forEach(value -> line(text, "output " + value.name() + " " + value.type()));
    return text.toString();
  }

  private static String of(Node node) {
    String inputs = node.inputs().stream().map(GraphText::shown).collect(Collectors.joining(", "));
    String outputs =
        node.outputs().stream().map(GraphText::shown).collect(Collectors.joining(", "));
    return "%s = %s(%s)".formatted(outputs, node.operator(), inputs);
  }

  private static String shown(String value) {
    return value.isEmpty() ? "_" : value;
  }

  private static void line(StringBuilder text, String line) {
    text.append(line).append('\n');
  }
}
