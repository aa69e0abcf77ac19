package dev.capstan.graph;

import java.util.List;
import java.util.Map;

/**
 * A node as its model file has it, of an operator that a graph cannot hold or that comes after one.
 *
 * @param name unique in its model
 * @param domain the operator set, empty for ONNX's own
 * @param type the operator's name
 * @param attributes those that are a whole number ({@code Long}) or a text ({@code String})
 * @param inputs names of values or constants; an optional one left out is empty
 * @param outputs names of the values it gives; an optional one left out is empty
 * @param inner the nodes of its subgraphs
 */
public record ForeignNode(
    String name,
    String domain,
    String type,
    Map<String, Object> attributes,
    List<String> inputs,
    List<String> outputs,
    List<ForeignNode> inner) {
  /** Copies the map and the lists. */
  public ForeignNode {
    attributes = Map.copyOf(attributes);
    inputs = List.copyOf(inputs);
    outputs = List.copyOf(outputs);
    inner = List.copyOf(inner);
  }

  /** Whether input {@code index} is there. */
  public boolean hasInput(int index) {
    return index < inputs.size() && !inputs.get(index).isEmpty();
  }

  /** A whole number, 0 where the node does not have it. */
  public long integer(String attribute) {
    return attributes.get(attribute) instanceof Long number ? number : 0;
  }

  /** A text, empty where the node does not have it. */
  public String text(String attribute) {
    return attributes.get(attribute) instanceof String text ? text : "";
  }

  /** How messages name it: {@code node 'y' (Conv)}. */
  @Override
  public String toString() {
    return "node '%s' (%s)".formatted(name, type);
  }
}
