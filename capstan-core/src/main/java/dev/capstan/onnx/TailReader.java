package dev.capstan.onnx;

import ai.onnx.proto.OnnxMl.GraphProto;
import ai.onnx.proto.OnnxMl.ModelProto;
import ai.onnx.proto.OnnxMl.NodeProto;
import ai.onnx.proto.OnnxMl.TensorProto;
import dev.capstan.graph.Constant;
import dev.capstan.graph.SeenShapes;
import dev.capstan.graph.Tail;
import java.util.ArrayDeque;
import java.util.Collections;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/** Gathers what a graph cannot hold while a model is read, and all that depends on it. */
final class TailReader {
  private final Map<String, String> sources = new HashMap<>();
  private final Set<String> foreign = new HashSet<>();
  private final Set<String> nodes = new HashSet<>();
  private final Set<String> ofSizes = new HashSet<>();
  private final Predicate<String> open;
  private final Predicate<String> constant;
  private final TailReasons reasons;

  /**
   * An empty tail.
   *
   * @param before the tail that there is anyway; null for none
   * @param open whether a value is extents, some of which are left open
   * @param constant whether a value is a constant
   */
  TailReader(@Nullable Tail before, Predicate<String> open, Predicate<String> constant) {
    this.open = open;
    this.constant = constant;
    this.reasons = new TailReasons(before);
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
    reasons.add(node, reason);
    nodes.add(node.getName());
  }

  /**
   * Takes a node that computes with sizes alone that are left open (anchors, encodings of places):
   * arithmetic, whatever its operator is, which holds nothing of an image.
   *
   * @return false if it is of another kind
   */
  boolean takesOfSizes(NodeProto node) {
    Set<String> reads = Subgraphs.reads(node);
    boolean only = reads.stream().allMatch(v -> isOfSizes(v) || constant.test(v));
    if (!only || reads.stream().noneMatch(this::isOfSizes) || ConstantFolding.isRandom(node)) {
      return false;
    }
    reasons.addOfSizes(node);
    ofSizes.addAll(node.getOutputList());
    carry(node);
    return true;
  }

  private boolean isOfSizes(String value) {
    return ofSizes.contains(value) || open.test(value);
  }

  /** Takes a node for reasons that are known. */
  void carry(NodeProto node) {
    nodes.add(node.getName());
    foreign.addAll(node.getOutputList());
    foreign.remove("");
  }

  /** Whether a node reads what was taken before. */
  boolean feeds(NodeProto node) {
    return Subgraphs.reads(node).stream().anyMatch(v -> foreign.contains(v) || hasSource(v));
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
    if (!takesOfSizes(node)) {
      carry(node);
    }
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
        around, List.copyOf(taken), kept, List.copyOf(read), reasons.lines(), SeenShapes.NONE);
  }
}
