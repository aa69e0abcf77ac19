package dev.capstan.latency;

import static java.util.Objects.requireNonNull;

import dev.capstan.graph.Constant;
import dev.capstan.graph.Graph;
import dev.capstan.graph.Node;
import dev.capstan.graph.Operator;
import dev.capstan.graph.ShapeInference;
import dev.capstan.graph.TensorType;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * An operator with weights at one set of shapes, and the activation behind it: runtimes compute the
 * two as one. Equal workloads take equal time.
 *
 * @param operator the operator, which reads {@code input} and the constants
 * @param input what it computes from
 * @param constants weights, then bias if it has one
 * @param activation what is applied to its output, if anything
 */
record Workload(
    Operator operator, TensorType input, List<TensorType> constants, List<Operator> activation) {
  /** No zeros, which a kernel might skip, and sums that stay far from overflow. */
  private static final float WEIGHT = 1f / 64;

  Workload {
    constants = List.copyOf(constants);
    activation = List.copyOf(activation);
  }

  /** A network of nothing else, with constant weights. */
  Graph graph() {
    Graph.Builder builder = Graph.builder("workload").input("x", input);
    List<String> inputs = new ArrayList<>(List.of("x"));
    for (TensorType type : constants) {
      inputs.add("c" + inputs.size());
      builder.constant(inputs.get(inputs.size() - 1), filled(type));
    }
    builder.node(new Node("operator", operator, inputs, List.of("y")));
    activation.forEach(function -> builder.node(function, "z", "y"));
    String output = activation.isEmpty() ? "y" : "z";
    TensorType type = requireNonNull(ShapeInference.of(builder.build()).get(output));
    return builder.output(output, type).build();
  }

  private static Constant filled(TensorType type) {
    float[] values = new float[Math.toIntExact(type.shape().elements())];
    Arrays.fill(values, WEIGHT);
    Constant empty = Constant.view(type.type(), new long[] {0}, ByteBuffer.allocate(0));
    return empty.withFloats(values, type.shape().sizes());
  }
}
