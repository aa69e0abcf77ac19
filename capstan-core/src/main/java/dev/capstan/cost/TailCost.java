package dev.capstan.cost;

import dev.capstan.graph.Constant;
import dev.capstan.graph.ForeignNode;
import dev.capstan.graph.SeenShapes;
import dev.capstan.graph.Shape;
import dev.capstan.graph.Tail;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.function.Function;

/**
 * What the nodes of a tail cost, for one input, by the shapes that a run showed.
 *
 * @param macs multiply-accumulates by name of the node, for those that are known
 * @param uncounted the others: an operator that is not known, or a shape that was not seen
 */
public record TailCost(Map<String, Long> macs, List<ForeignNode> uncounted) {
  /** The cost of a tail. Where it was not run, only what multiplies nothing is known. */
  public static TailCost of(Tail tail) {
    SeenShapes seen = tail.shapes();
    Function<String, Optional<Shape>> shapes =
        value -> {
          Constant constant = tail.constants().get(value);
          return constant == null ? seen.of(value) : Optional.of(constant.shape());
        };
    Map<String, Long> macs = new LinkedHashMap<>();
    List<ForeignNode> uncounted = new ArrayList<>();
    for (ForeignNode node : tail.nodes()) {
      OptionalLong count = ForeignMacs.of(node, shapes);
      if (count.isPresent()) {
        macs.put(node.name(), count.getAsLong() / seen.batch());
      } else {
        uncounted.add(node);
      }
    }
    return new TailCost(macs, uncounted);
  }

  /** All that is known. */
  public long sum() {
    return macs.values().stream().mapToLong(Long::longValue).sum();
  }

  /** The same with the parameters that the tail reads. */
  public Cost cost(Tail tail) {
    long elements = parameters(tail).values().stream().mapToLong(Constant::elements).sum();
    return new Cost(sum(), elements, uncounted.stream().map(ForeignNode::toString).toList());
  }

  /** Names of the nodes that multiply by weights, or may do so. */
  public static List<String> weighted(Tail tail) {
    return tail.nodes().stream()
        .filter(node -> !ForeignMacs.isFree(node))
        .filter(node -> node.inputs().stream().anyMatch(tail.constants()::containsKey))
        .map(ForeignNode::name)
        .toList();
  }

  /** The parameters that a tail reads, by name. */
  public static Map<String, Constant> parameters(Tail tail) {
    Map<String, Constant> parameters = new LinkedHashMap<>();
    tail.nodes().forEach(node -> add(node, tail, parameters));
    return parameters;
  }

  /** How many parameters one of its nodes reads. */
  public static long parameters(Tail tail, ForeignNode node) {
    Map<String, Constant> parameters = new LinkedHashMap<>();
    add(node, tail, parameters);
    return parameters.values().stream().mapToLong(Constant::elements).sum();
  }

  private static void add(ForeignNode node, Tail tail, Map<String, Constant> parameters) {
    for (int i = 0; i < node.inputs().size(); i++) {
      Constant constant = tail.constants().get(node.inputs().get(i));
      if (constant != null && Cost.isParameter(node.type(), i, constant)) {
        parameters.put(node.inputs().get(i), constant);
      }
    }
    node.inner().forEach(inner -> add(inner, tail, parameters));
  }
}
