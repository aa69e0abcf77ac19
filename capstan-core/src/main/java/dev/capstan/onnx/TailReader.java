package dev.capstan.onnx;

import ai.onnx.proto.OnnxMl.GraphProto;
import ai.onnx.proto.OnnxMl.ModelProto;
import ai.onnx.proto.OnnxMl.NodeProto;
import ai.onnx.proto.OnnxMl.TensorProto;
import dev.capstan.graph.Constant;
import dev.capstan.graph.SeenShapes;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Gathers what a graph cannot hold while a model is read, and all that depends on it. */
final class TailReader {
  private final Map<String, String> sources = new HashMap<>();
  private final Set<String> foreign = new HashSet<>();
  private final Set<String> nodes = new HashSet<>();
  private final List<String> reasons;

  /**
   * An empty tail.
   *
   * @param reasons why there will be one, as far as that is known
   */
  TailReader(List<String> reasons) {
    this.reasons = new ArrayList<>(reasons);
  }

  /** Takes an input or initializer; a node that reads it cannot be held for this reason. */
  void addSource(String value, String reason) {
    sources.put(value, reason);
  }

  /** Whether an input or initializer was taken. */
  boolean hasSource(String value) {
    return sources.containsKey(value);
  }

  /** Takes a node that a graph cannot hold. */
  void add(NodeProto node, String reason) {
    addGiver(node, reason);
    carry(node);
  }

  /** Takes a node for what the model gives out of it; what reads it may do without. */
  void addGiver(NodeProto node, String reason) {
    String line = NodeParser.place(node) + reason;
    if (!reasons.contains(line)) {
      reasons.add(line);
    }
    nodes.add(node.getName());
  }

  /** Takes a node for reasons that are known. */
  void carry(NodeProto node) {
    nodes.add(node.getName());
    foreign.addAll(node.getOutputList());
    foreign.remove("");
  }

  /** Takes a node if it reads what was taken before. */
  boolean takes(NodeProto node) {
    Set<String> reads = Subgraphs.reads(node);
    for (String value : reads) {
      String reason = sources.get(value);
      if (reason != null) {
        add(node, reason);
        return true;
      }
    }
    if (reads.stream().noneMatch(foreign::contains)) {
      return false;
    }
    carry(node);
    return true;
  }

  boolean isEmpty() {
    return nodes.isEmpty();
  }

  /**
   * The tail, with those nodes that the graph has folded into others and it reads itself.
   *
   * @param all all nodes of the model
   * @param given names of what the graph's own inputs and nodes give
   * @param constants all constants
   */
  OnnxTail finish(
      ModelProto model, List<NodeProto> all, Set<String> given, Map<String, Constant> constants) {
    GraphProto graph = model.getGraph();
    Set<String> needed = new LinkedHashSet<>();
    graph.getOutputList().forEach(output -> needed.add(output.getName()));
    needed.removeAll(given);
    needed.removeAll(constants.keySet());
    Deque<NodeProto> taken = new ArrayDeque<>();
    Set<String> read = new LinkedHashSet<>();
    for (int i = all.size() - 1; i >= 0; i--) {
      NodeProto node = all.get(i);
      if (nodes.contains(node.getName()) || !Collections.disjoint(node.getOutputList(), needed)) {
        taken.addFirst(node);
        Set<String> names = Subgraphs.reads(node);
        read.addAll(names);
        names.removeAll(given);
        names.removeAll(constants.keySet());
        needed.addAll(names);
      }
    }
    Map<String, Constant> kept = new LinkedHashMap<>(constants);
    kept.keySet().retainAll(read);
    List<TensorProto> unread =
        graph.getInitializerList().stream().filter(t -> sources.containsKey(t.getName())).toList();
    read.retainAll(given);
    OnnxTail.Around around =
        new OnnxTail.Around(
            graph.getInputList().stream().filter(i -> !constants.containsKey(i.getName())).toList(),
            graph.getOutputList(),
            unread,
            model.getFunctionsList());
    return new OnnxTail(
        around, List.copyOf(taken), kept, List.copyOf(read), List.copyOf(reasons), SeenShapes.NONE);
  }
}
