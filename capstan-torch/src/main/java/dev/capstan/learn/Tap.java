package dev.capstan.learn;

import dev.capstan.graph.Graph;
import dev.capstan.graph.Node;
import dev.capstan.graph.op.Activation;
import dev.capstan.graph.op.Add;
import dev.capstan.space.Bases;
import dev.capstan.space.Binding;
import dev.capstan.space.ChannelSpaces;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * A place where the compressed network is compared with the original (METHOD section 4): for a
 * consumer of a compressed space, the first tensor after it that is in the original's coordinates,
 * past the activation that alone reads it.
 *
 * @param consumer node that reads the compressed space
 * @param value the original's tensor to compare with
 * @param virtual whether the compressed network's own tensor there is compressed too, so that the
 *     consumer's full-width output through {@code activation} is compared instead
 * @param activation the node applied to the virtual output, null for none
 */
record Tap(String consumer, String value, boolean virtual, @Nullable Node activation) {

  /** The taps of all consumers, by consumer; one tensor is tapped once. */
  static Map<String, Tap> of(Graph graph, ChannelSpaces spaces, Bases bases) {
    Map<String, Tap> byValue = new LinkedHashMap<>();
    for (Node node : graph.nodes()) {
      if (binds(spaces, bases, node, Binding.Role.DECODE)) {
        Tap tap =
            binds(spaces, bases, node, Binding.Role.ENCODE)
                ? virtual(graph, node)
                : new Tap(node.name(), afterSum(graph, node), false, null);
        byValue.merge(tap.value(), tap, (first, later) -> later);
      }
    }
    Map<String, Tap> byConsumer = new LinkedHashMap<>();
    byValue.values().forEach(tap -> byConsumer.put(tap.consumer(), tap));
    return byConsumer;
  }

  private static boolean binds(ChannelSpaces spaces, Bases bases, Node node, Binding.Role role) {
    Predicate<Binding> compressed =
        binding -> binding.segments().stream().anyMatch(s -> bases.contains(s.space()));
    return spaces.bindings(node.name()).stream()
        .anyMatch(binding -> binding.role() == role && compressed.test(binding));
  }

  private static Tap virtual(Graph graph, Node node) {
    Node activation = activation(graph, node.output());
    String value = activation == null ? node.output() : activation.output();
    return new Tap(node.name(), value, true, activation);
  }

  /** The tensor past the sum and the activation that alone read a node's output. */
  private static String afterSum(Graph graph, Node node) {
    Node reader = graph.soleReader(node.output());
    boolean summed = reader != null && reader.operator() instanceof Add;
    String value = reader != null && summed ? reader.output() : node.output();
    Node activation = activation(graph, value);
    return activation == null ? value : activation.output();
  }

  private static @Nullable Node activation(Graph graph, String value) {
    Node reader = graph.soleReader(value);
    return reader != null && reader.operator() instanceof Activation ? reader : null;
  }

  /** The tensors compared with, in the order of the graph. */
  static List<String> values(Map<String, Tap> taps) {
    return taps.values().stream().map(Tap::value).distinct().toList();
  }
}
