package dev.capstan.cost;

import dev.capstan.error.InvalidInputException;
import dev.capstan.graph.Constant;
import dev.capstan.graph.DataType;
import dev.capstan.graph.Dim;
import dev.capstan.graph.Graph;
import dev.capstan.graph.Node;
import dev.capstan.graph.Shape;
import dev.capstan.graph.ShapeInference;
import dev.capstan.graph.TensorType;
import dev.capstan.graph.Value;
import dev.capstan.graph.op.BatchNormalization;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * What a network costs for one input.
 *
 * @param macs multiply-accumulates of Conv, ConvTranspose, Gemm, MatMul and Einsum
 * @param parameters floating-point numbers that training gives (BatchNorm's statistics left out)
 */
public record Cost(long macs, long parameters) {
  /** Cost of a graph, for one input. */
  public static Cost of(Graph graph) {
    long macs = macs(graph).values().stream().mapToLong(Long::longValue).sum();
    Set<String> counted = new HashSet<>();
    long parameters = 0;
    for (Node node : graph.nodes()) {
      for (int i = 0; i < node.inputs().size(); i++) {
        Constant constant = graph.constant(node.inputs().get(i));
        if (constant != null
            && isParameter(node, i, constant)
            && counted.add(node.inputs().get(i))) {
          parameters += constant.elements();
        }
      }
    }
    return new Cost(macs, parameters);
  }

  /** Whether a constant that a node reads holds parameters. */
  public static boolean isParameter(Node node, int input, Constant constant) {
    boolean statistics = node.operator() instanceof BatchNormalization && input >= 3;
    return constant.type().isFloating() && !statistics;
  }

  /**
   * Multiply-accumulates of each node, for one input.
   *
   * @throws InvalidInputException if the extents that a model leaves open go beyond the batch
   */
  public static Map<String, Long> macs(Graph graph) {
    Graph single = withBatch(graph);
    long batch = batch(single);
    Map<String, TensorType> types = ShapeInference.of(single);
    Map<String, Long> macs = new LinkedHashMap<>();
    for (Node node : single.nodes()) {
      List<TensorType> outputs =
          node.outputs().stream().map(name -> types.getOrDefault(name, NONE)).toList();
      long count =
          node.operator().macs(ShapeInference.operands(single, types, node), outputs) / batch;
      if (count < 0) {
        throw new InvalidInputException(
            "node '%s': the shape %s leaves open how much it computes; export the model with a fixed height and width"
                .formatted(node.name(), outputs.get(0).shape()));
      }
      macs.put(node.name(), count);
    }
    return macs;
  }

  private static final TensorType NONE = new TensorType(DataType.FLOAT32, Shape.of());

  /** The graph with an open batch bound to 1. */
  private static Graph withBatch(Graph graph) {
    List<Value> inputs =
        graph.inputs().stream()
            .map(
                value -> {
                  var shape = value.type().shape();
                  boolean open = shape.rank() > 0 && !shape.dims().get(0).isKnown();
                  return open
                      ? new Value(value.name(), value.type().with(shape.with(0, Dim.of(1))))
                      : value;
                })
            .toList();
    return graph.edit().inputs(inputs).build();
  }

  private static long batch(Graph graph) {
    var shape = graph.inputs().isEmpty() ? null : graph.inputs().get(0).type().shape();
    return shape == null || shape.rank() < 2 ? 1 : Math.max(1, shape.size(0));
  }
}
