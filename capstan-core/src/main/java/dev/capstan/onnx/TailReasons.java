package dev.capstan.onnx;

import ai.onnx.proto.OnnxMl.NodeProto;
import dev.capstan.graph.ForeignNode;
import dev.capstan.graph.Tail;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** Why a model has a tail: one line for all nodes of an operator that lack the same. */
final class TailReasons {
  private final List<String> told;
  private final Set<String> toldOf;
  private final Map<String, Map<String, Set<String>>> nodes = new LinkedHashMap<>();
  private final List<NodeProto> ofSizes = new ArrayList<>();

  /**
   * Without any of its own.
   *
   * @param before the tail that there is anyway, whose reasons are known; null for none
   */
  TailReasons(@Nullable Tail before) {
    this.told = before == null ? List.of() : before.reasons();
    this.toldOf =
        before == null
            ? Set.of()
            : before.nodes().stream().map(ForeignNode::name).collect(Collectors.toSet());
  }

  /** Takes down what a node lacks. */
  void add(NodeProto node, String reason) {
    if (!toldOf.contains(node.getName())) {
      nodes
          .computeIfAbsent(node.getOpType(), type -> new LinkedHashMap<>())
          .computeIfAbsent(reason, text -> new LinkedHashSet<>())
          .add(node.getName());
    }
  }

  /** Takes down that a node computes with sizes alone that the model leaves open. */
  void addOfSizes(NodeProto node) {
    if (!toldOf.contains(node.getName())) {
      ofSizes.add(node);
    }
  }

  /** The lines; what only computes with sizes, as anchors are, comes last. */
  List<String> lines() {
    List<String> lines = new ArrayList<>(told);
    nodes.forEach(
        (type, reasons) ->
            reasons.forEach((reason, names) -> lines.add(place(type, names) + reason)));
    if (!ofSizes.isEmpty()) {
      NodeProto first = ofSizes.get(0);
      lines.add(
          "node '%s' (%s)%s: computes with image sizes that are left open"
              .formatted(first.getName(), first.getOpType(), more(ofSizes.size())));
    }
    return lines;
  }

  private static String place(String type, Set<String> names) {
    return "node '%s' (%s)%s: ".formatted(names.iterator().next(), type, more(names.size()));
  }

  private static String more(int nodes) {
    return nodes > 1 ? " and %d more".formatted(nodes - 1) : "";
  }
}
