package dev.capstan.outputs.judged;

import dev.capstan.graph.Graph;
import dev.capstan.graph.Node;
import dev.capstan.graph.Operator;
import dev.capstan.graph.op.Arithmetic;
import dev.capstan.graph.op.Cast;
import dev.capstan.graph.op.Concat;
import dev.capstan.graph.op.Flatten;
import dev.capstan.graph.op.Gather;
import dev.capstan.graph.op.Identity;
import dev.capstan.graph.op.Reshape;
import dev.capstan.graph.op.Sigmoid;
import dev.capstan.graph.op.Slice;
import dev.capstan.graph.op.Softmax;
import dev.capstan.graph.op.Split;
import dev.capstan.graph.op.Squeeze;
import dev.capstan.graph.op.Transpose;
import dev.capstan.graph.op.Unsqueeze;
import java.util.Set;

/** Values of a graph that are shares of 1 by how they come about. */
record Scores(Graph graph) {
  /** Of scores in many places: with images and classes alone an output has two axes. */
  static final int LEAST_RANK = 3;

  private static final Set<Class<? extends Operator>> SHARES = Set.of(Sigmoid.class, Softmax.class);

  /** What gives elements of its first input as they are. */
  private static final Set<Class<? extends Operator>> MOVING =
      Set.of(
          Cast.class,
          Flatten.class,
          Gather.class,
          Identity.class,
          Reshape.class,
          Slice.class,
          Split.class,
          Squeeze.class,
          Transpose.class,
          Unsqueeze.class);

  /** Whether a value is: moved, put together and multiplied with each other shares stay shares. */
  boolean contains(String value) {
    Node node = graph.producer(value);
    if (node == null) {
      return false;
    }
    Operator operator = node.operator();
    if (SHARES.contains(operator.getClass())) {
      return true;
    }
    if (MOVING.contains(operator.getClass())) {
      return contains(node.inputs().get(0));
    }
    return (operator instanceof Concat || operator == Arithmetic.MUL)
        && node.inputs().stream().allMatch(this::contains);
  }
}
