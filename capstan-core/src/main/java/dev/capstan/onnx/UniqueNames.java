package dev.capstan.onnx;

import dev.capstan.graph.Node;
import dev.capstan.graph.Operator;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Gives names that nothing else has. */
final class UniqueNames {
  private final Set<String> taken;
  private final Map<String, Integer> counters = new HashMap<>();

  UniqueNames(Collection<String> taken) {
    this.taken = new HashSet<>(taken);
  }

  /** The name itself if it is free, else numbered. */
  String unique(String name) {
    return taken.add(name) ? name : numbered(name);
  }

  /** A node of one output, both by a name of their own, made of the one of a name. */
  Node node(String of, String what, Operator operator, List<String> inputs) {
    String name = unique(of + "/" + what);
    return new Node(name, operator, inputs, List.of(name));
  }

  /** The name with the first number that makes it free. */
  String numbered(String name) {
    while (true) {
      String candidate = name + "_" + counters.merge(name, 1, Integer::sum);
      if (taken.add(candidate)) {
        return candidate;
      }
    }
  }
}
