package dev.capstan.graph;

import dev.capstan.error.InvalidInputException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Element type and shape of every value of a graph, by the operators' own rules. */
public final class ShapeInference {
  private ShapeInference() {}

  /**
   * Types of all graph inputs, constants and node outputs, in order.
   *
   * @throws InvalidInputException naming the node whose operands do not fit
   */
  public static Map<String, TensorType> of(Graph graph) {
    Map<String, TensorType> types = new LinkedHashMap<>();
    graph.inputs().forEach(input -> types.put(input.name(), input.type()));
    graph.constants().forEach((name, constant) -> types.put(name, constant.tensorType()));
    graph.nodes().forEach(node -> infer(node, types, graph.constants()));
    return Collections.unmodifiableMap(types);
  }

  /** The least number of elements of all these values together, constants among them. */
  public static long leastElements(Graph graph) {
    return of(graph).values().stream().mapToLong(type -> type.shape().leastElements()).sum();
  }

  /** What is known of a node's inputs when the types of all values are. */
  public static Operands operands(Graph graph, Map<String, TensorType> types, Node node) {
    return operands(node, types, graph.constants());
  }

  /** The same of a graph that is being made: types of its values, and the constants among them. */
  public static Operands operands(
      Node node, Map<String, TensorType> types, Map<String, Constant> known) {
    List<@Nullable TensorType> inputs = new ArrayList<>();
    List<@Nullable Constant> constants = new ArrayList<>();
    for (String input : node.inputs()) {
      inputs.add(types.get(input));
      constants.add(known.get(input));
    }
    return new Operands(node, inputs, constants);
  }

  /**
   * Adds the types of what one node gives.
   *
   * @param types of the values given before it
   * @param constants the constants among them
   * @throws InvalidInputException naming the node if its operands do not fit
   */
  public static void infer(
      Node node, Map<String, TensorType> types, Map<String, Constant> constants) {
    Operands operands = operands(node, types, constants);
    List<TensorType> outputs = infer(node, operands);
    for (int i = 0; i < node.outputs().size(); i++) {
      if (!node.outputs().get(i).isEmpty()) {
        if (i >= outputs.size()) {
          throw operands.error("gives only " + outputs.size() + " outputs");
        }
        types.put(node.outputs().get(i), outputs.get(i));
      }
    }
  }

  private static List<TensorType> infer(Node node, Operands operands) {
    try {
      return node.operator().infer(operands);
    } catch (InvalidInputException e) {
      throw operands.located(e);
    }
  }
}
