package dev.capstan.cost;

import static java.util.Map.entry;

import dev.capstan.error.InvalidInputException;
import dev.capstan.graph.Constant;
import dev.capstan.graph.DataType;
import dev.capstan.graph.Dim;
import dev.capstan.graph.Graph;
import dev.capstan.graph.Node;
import dev.capstan.graph.Operands;
import dev.capstan.graph.Shape;
import dev.capstan.graph.ShapeInference;
import dev.capstan.graph.Tail;
import dev.capstan.graph.TensorType;
import dev.capstan.graph.Value;
import dev.capstan.graph.op.Opaque;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What a network costs for one input.
 *
 * @param macs multiply-accumulates of Conv, ConvTranspose, DeformConv, Gemm, MatMul and Einsum, and
 *     of what is made of them
 * @param parameters floating-point numbers that training gives, each constant once (BatchNorm's
 *     statistics, and what says how an operator works, left out)
 * @param uncounted nodes of a tail whose multiply-accumulates are not known: with any of them, the
 *     network has at least {@code macs}
 */
public record Cost(long macs, long parameters, List<String> uncounted) {
  /** Of operators whose later inputs are no parameters, the first one that is none. */
  private static final Map<String, Integer> FIRST_SETTING =
      Map.ofEntries(
          entry("BatchNormalization", 3),
          entry("Clip", 1),
          entry("DequantizeLinear", 1),
          entry("Dropout", 1),
          entry("NonMaxSuppression", 3),
          entry("OneHot", 1),
          entry("Pad", 1),
          entry("QGemm", 0),
          entry("QLinearConv", 0),
          entry("QLinearMatMul", 0),
          entry("QuantizeLinear", 1),
          entry("Range", 0),
          entry("Resize", 1),
          entry("Upsample", 1));

  /** Copies the list. */
  public Cost {
    uncounted = List.copyOf(uncounted);
  }

  /** A cost that is wholly known. */
  public Cost(long macs, long parameters) {
    this(macs, parameters, List.of());
  }

  /** Cost of a graph and its tail, for one input: that of the file it is written to. */
  public static Cost of(Graph graph) {
    long macs = macs(graph).values().stream().mapToLong(Long::longValue).sum();
    Cost part =
        new Cost(macs, parameters(graph).values().stream().mapToLong(Constant::elements).sum());
    return graph.tail().map(tail -> part.and(tail, graph)).orElse(part);
  }

  /** The parameters of a graph without its tail, by name. */
  private static Map<String, Constant> parameters(Graph graph) {
    Map<String, Constant> parameters = new LinkedHashMap<>();
    for (Node node : graph.nodes()) {
      for (int i = 0; i < node.inputs().size(); i++) {
        Constant constant = graph.constant(node.inputs().get(i));
        if (constant != null && isParameter(node.operator().type(), i, constant)) {
          parameters.put(node.inputs().get(i), constant);
        }
      }
    }
    return parameters;
  }

  private Cost and(Tail tail, Graph graph) {
    Cost rest = TailCost.of(tail).cost(tail);
    Map<String, Constant> counted = parameters(graph);
    long shared =
        TailCost.parameters(tail).entrySet().stream()
            .filter(own -> isSame(counted.get(own.getKey()), own.getValue()))
            .mapToLong(own -> own.getValue().elements())
            .sum();
    return new Cost(macs + rest.macs, parameters + rest.parameters - shared, rest.uncounted);
  }

  private static boolean isSame(@Nullable Constant one, Constant other) {
    return one != null && one.sameAs(other);
  }

  /** Whether a constant that an operator reads holds parameters. */
  public static boolean isParameter(String type, int input, Constant constant) {
    return constant.type().isFloating()
        && input < FIRST_SETTING.getOrDefault(type, Integer.MAX_VALUE);
  }

  /**
   * Multiply-accumulates of each node of a graph, those of its tail left out, for one input.
   *
   * @throws InvalidInputException if the extents that a model leaves open go beyond the batch
   */
  public static Map<String, Long> macs(Graph graph) {
    Graph single = withBatch(graph);
    long batch = batch(single);
    Map<String, TensorType> types = ShapeInference.of(single);
    Map<String, Long> macs = new LinkedHashMap<>();
    for (Node node : single.nodes()) {
      List<TensorType> outputs = outputs(node, types);
      long count = macs(node, ShapeInference.operands(single, types, node), outputs) / batch;
      if (count < 0) {
        throw new InvalidInputException(
            "node '%s': the shape %s leaves open how much it computes; export the model with a fixed height and width"
                .formatted(node.name(), outputs.get(0).shape()));
      }
      macs.put(node.name(), count);
    }
    return macs;
  }

  private static long macs(Node node, Operands operands, List<TensorType> outputs) {
    return node.operator() instanceof Opaque opaque
        ? ForeignMacs.of(opaque, operands, outputs).orElse(0)
        : node.operator().macs(operands, outputs);
  }

  /** Names of the nodes of a graph, those of its tail left out, that nobody can count. */
  public static List<String> uncounted(Graph graph) {
    List<String> uncounted = new ArrayList<>();
    Map<String, TensorType> types = ShapeInference.of(graph);
    for (Node node : graph.nodes()) {
      if (node.operator() instanceof Opaque opaque
          && ForeignMacs.of(
                  opaque, ShapeInference.operands(graph, types, node), outputs(node, types))
              .isEmpty()) {
        uncounted.add(node.name());
      }
    }
    return uncounted;
  }

  private static List<TensorType> outputs(Node node, Map<String, TensorType> types) {
    return node.outputs().stream().map(name -> types.getOrDefault(name, NONE)).toList();
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
