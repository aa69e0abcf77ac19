package dev.capstan.rewrite;

import static java.util.Objects.requireNonNull;

import dev.capstan.graph.Constant;
import dev.capstan.graph.Graph;
import dev.capstan.graph.Node;
import dev.capstan.graph.Operator;
import dev.capstan.graph.TensorType;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.IdentityHashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Gives a constant that goes by several names one of them, so that the nodes that share it are seen
 * to: an exporter hands weights on by Identity, or writes those that branches share once for each.
 */
public final class MergeConstants {
  /**
   * Different values from which on two kernels of equal bits are one by training, not by chance or
   * design: a blur, a wavelet, zeros have fewer.
   */
  private static final int TRAINED = 64;

  private MergeConstants() {}

  /** One name for each constant that the file has once. */
  public static Graph ofOneOrigin(Graph graph) {
    Map<Constant, String> first = new IdentityHashMap<>();
    Map<String, String> names = new HashMap<>();
    graph
        .constants()
        .forEach(
            (name, constant) -> {
              String kept = first.putIfAbsent(constant, name);
              if (kept != null) {
                names.put(name, kept);
              }
            });
    return renamed(graph, names);
  }

  /** What reads a kernel, and its extents. */
  private record Use(Operator operator, TensorType type) {}

  /**
   * One name for trained kernels that are equal bit by bit and read by the same operator. Biases
   * and other small constants stay apart: that they are equal says nothing.
   */
  public static Graph ofEqualKernels(Graph graph) {
    Map<Use, Set<String>> byUse = new LinkedHashMap<>();
    for (Node node : graph.nodes()) {
      Constant kernel = node.hasInput(1) ? graph.constant(node.inputs().get(1)) : null;
      if (kernel != null && kernel.rank() > 1 && kernel.type().isFloating()) {
        Use use = new Use(node.operator(), kernel.tensorType());
        byUse.computeIfAbsent(use, u -> new LinkedHashSet<>()).add(node.inputs().get(1));
      }
    }
    Map<String, String> names = new HashMap<>();
    byUse.values().forEach(kernels -> merge(graph, kernels, names));
    return renamed(graph, names);
  }

  private static void merge(Graph graph, Set<String> kernels, Map<String, String> names) {
    Map<ByteBuffer, List<String>> equal = new LinkedHashMap<>();
    for (String name : kernels) {
      ByteBuffer bytes = requireNonNull(graph.constant(name)).bytes();
      equal.computeIfAbsent(bytes, b -> new ArrayList<>()).add(name);
    }
    for (List<String> alike : equal.values()) {
      String first = alike.get(0);
      if (alike.size() > 1 && isTrained(requireNonNull(graph.constant(first)))) {
        alike.forEach(name -> merge(name, first, names));
      }
    }
  }

  /** Kernels that are read in several ways may have met before. */
  private static void merge(String name, String other, Map<String, String> names) {
    String kept = named(other, names);
    String merged = named(name, names);
    if (!merged.equals(kept)) {
      names.put(merged, kept);
    }
  }

  /** The name that is left of one; ways to it are made short, however many were merged. */
  private static String named(String value, Map<String, String> names) {
    String last = value;
    for (String next = names.get(last); next != null; next = names.get(last)) {
      last = next;
    }
    for (String each = value; !each.equals(last); ) {
      each = requireNonNull(names.put(each, last));
    }
    return last;
  }

  private static boolean isTrained(Constant kernel) {
    Set<Float> seen = new HashSet<>();
    for (float value : kernel.floats()) {
      seen.add(value);
      if (seen.size() == TRAINED) {
        return true;
      }
    }
    return false;
  }

  /** Outputs keep the names they have. */
  private static Graph renamed(Graph graph, Map<String, String> names) {
    if (names.isEmpty()) {
      return graph;
    }
    List<Node> nodes =
        graph.nodes().stream().map(node -> node.reading(input -> named(input, names))).toList();
    return graph.edit().nodes(nodes).build();
  }
}
