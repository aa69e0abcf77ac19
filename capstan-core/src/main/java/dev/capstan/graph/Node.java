package dev.capstan.graph;

import java.util.List;
import java.util.function.UnaryOperator;

/**
 * One operator applied to named values.
 *
 * @param name unique in the graph
 * @param operator what is applied
 * @param inputs names of values or constants; an optional one left out is empty
 * @param outputs names of the values it gives; an optional one left out is empty
 * @param doc the model's words about it, empty for none
 */
public record Node(
    String name, Operator operator, List<String> inputs, List<String> outputs, String doc) {
  /** Copies the lists. */
  public Node {
    inputs = List.copyOf(inputs);
    outputs = List.copyOf(outputs);
  }

  /** A node without words. */
  public Node(String name, Operator operator, List<String> inputs, List<String> outputs) {
    this(name, operator, inputs, outputs, "");
  }

  /** The first output. */
  public String output() {
    return outputs.get(0);
  }

  /** Whether input {@code index} is there. */
  public boolean hasInput(int index) {
    return index < inputs.size() && !inputs.get(index).isEmpty();
  }

  /** This node with another operator. */
  public Node with(Operator other) {
    return new Node(name, other, inputs, outputs, doc);
  }

  /**
   * This node reading other values.
   *
   * @param other what is read in place of a value
   */
  public Node reading(UnaryOperator<String> other) {
    return withInputs(inputs.stream().map(other).toList());
  }

  /** This node reading other values. */
  public Node withInputs(List<String> others) {
    return new Node(name, operator, others, outputs, doc);
  }
}
