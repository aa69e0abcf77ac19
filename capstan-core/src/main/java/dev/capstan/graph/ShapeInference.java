package dev.capstan.graph;

import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Element type and shape of every value of a graph, by the operators' own rules. */
public final class ShapeInference {
  private final Graph graph;
  private final Map<String, TensorType> types = new LinkedHashMap<>();

  private ShapeInference(Graph graph) {
    this.graph = graph;
  }

  /**
   * Types of all graph inputs, constants and node outputs, in order.
   *
   * @throws InvalidInputException naming the node whose operands do not fit
   */
  public static Map<String, TensorType> of(Graph graph) {
    ShapeInference inference = new ShapeInference(graph);
    graph.inputs().forEach(input -> inference.types.put(input.name(), input.type()));
    graph.constants().forEach((name, c) -> inference.types.put(name, c.tensorType()));
    graph.nodes().forEach(inference::infer);
    return Collections.unmodifiableMap(inference.types);
  }

  /** What is known of a node's inputs when the types of all values are. */
  public static Operands operands(Graph graph, Map<String, TensorType> types, Node node) {
    List<@Nullable TensorType> inputs = new ArrayList<>();
    List<@Nullable Constant> constants = new ArrayList<>();
    for (String input : node.inputs()) {
      inputs.add(types.get(input));
      constants.add(graph.constant(input));
    }
    return new Operands(node, inputs, constants);
  }

  private void infer(Node node) {
    Operands operands = operands(graph, types, node);
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
