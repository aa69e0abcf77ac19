package dev.capstan.rewrite;

import dev.capstan.graph.Graph;
import dev.capstan.graph.Node;
import dev.capstan.graph.ShapeInference;
import dev.capstan.graph.TensorType;
import dev.capstan.graph.Value;
import dev.capstan.graph.op.Opaque;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * A network cut where two runtimes may differ by more than rounding though both are right: at nodes
 * that nobody here knows, and before those whose results jump ({@code Operator.jumps}). Fed the
 * same values at the cuts, they differ by rounding alone.
 *
 * @param apart what lies between the cuts, as one graph: it takes what comes over them beside the
 *     network's inputs, and gives what goes over them beside its outputs
 * @param shown the network where it gives what comes over the cuts, too; neither has a tail
 * @param crossing by inputs of {@code apart} the outputs of {@code shown} that they are; none where
 *     there are no cuts
 */
public record Parts(Graph apart, Graph shown, Map<String, String> crossing) {
  /** Cuts a network. */
  public static Parts of(Graph graph) {
    return new Cutting(graph).parts();
  }

  /** Whether nothing had to be cut. */
  public boolean isWhole() {
    return crossing.isEmpty();
  }

  /** Cuts node by node. */
  private static final class Cutting {
    private final Graph graph;
    private final Map<String, TensorType> types;
    private final List<Node> nodes = new ArrayList<>();
    private final Map<String, Value> inputs = new LinkedHashMap<>();
    private final Map<String, Value> outputs = new LinkedHashMap<>();
    private final Map<String, Value> shown = new LinkedHashMap<>();
    private final Map<String, String> crossing = new HashMap<>();

    Cutting(Graph graph) {
      this.graph = graph;
      this.types = ShapeInference.of(graph);
      graph.inputs().forEach(input -> inputs.put(input.name(), input));
      graph.outputs().forEach(output -> shown.put(output.name(), output));
    }

    Parts parts() {
      for (Node node : graph.nodes()) {
        if (node.operator() instanceof Opaque) {
          node.inputs().forEach(this::give);
          node.outputs().forEach(output -> take(output, output));
        } else {
          nodes.add(node.operator().jumps() ? node.reading(this::fed) : node);
        }
      }
      graph.outputs().forEach(output -> give(output.name()));
      return new Parts(
          graph.edit().inputs(all(inputs)).outputs(all(outputs)).nodes(nodes).tail(null).build(),
          graph.edit().outputs(all(shown)).tail(null).build(),
          Map.copyOf(crossing));
    }

    /** What stands for a value before a node whose results jump: the same as in another run. */
    private String fed(String value) {
      if (inputs.containsKey(value) || isNothing(value)) {
        return value;
      }
      give(value);
      String name = value + "/fed";
      while (types.containsKey(name)) {
        name += "'";
      }
      take(name, value);
      return name;
    }

    private void give(String value) {
      if (!inputs.containsKey(value) && !isNothing(value)) {
        outputs.put(value, value(value, value));
      }
    }

    private void take(String name, String value) {
      if (!isNothing(value)) {
        inputs.put(name, value(name, value));
        shown.putIfAbsent(value, value(value, value));
        crossing.put(name, value);
      }
    }

    /** Whether nothing crosses by a value: not that either which held nodes alone read. */
    private boolean isNothing(String value) {
      return value.isEmpty()
          || graph.constant(value) != null
          || Opaque.givesWhole(graph.producer(value), value);
    }

    private Value value(String name, String value) {
      TensorType type = types.get(value);
      if (type == null) {
        throw new IllegalStateException("'" + value + "' has no type");
      }
      return new Value(name, type);
    }

    private static List<Value> all(Map<String, Value> values) {
      return List.copyOf(values.values());
    }
  }
}
