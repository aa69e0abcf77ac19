package dev.capstan.cost;

import dev.capstan.graph.Constant;
import dev.capstan.graph.Graph;
import dev.capstan.graph.Node;
import dev.capstan.space.Binding;
import dev.capstan.space.ChannelSpaces;
import dev.capstan.space.Space;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.ToIntFunction;
import java.util.stream.Collectors;

/**
 * What a compressed network would cost, by the ranks of its spaces, without compressing it.
 *
 * <p>Each node's MACs, and each constant's size, are a product of the extents of the axes that lie
 * along channels and a factor that compression leaves alone.
 */
public final class CostModel {
  /** {@code factor} times the extents of some axes. */
  private record Term(long factor, List<Binding> axes) {}

  /** A constant as one node reads it. */
  private record Use(String name, Constant constant, List<Binding> axes) {}

  private final ChannelSpaces spaces;
  private final List<Term> macs = new ArrayList<>();
  private final List<Use> parameters = new ArrayList<>();

  /** The costs of a graph with these spaces. */
  public CostModel(Graph graph, ChannelSpaces spaces) {
    this.spaces = spaces;
    Map<String, Long> macsByNode = Cost.macs(graph);
    for (Node node : graph.nodes()) {
      long count = macsByNode.getOrDefault(node.name(), 0L);
      if (count > 0) {
        macs.add(term(count, axes(node, 1)));
      }
      for (int i = 0; i < node.inputs().size(); i++) {
        Constant constant = graph.constant(node.inputs().get(i));
        if (constant != null && Cost.isParameter(node, i, constant)) {
          parameters.add(new Use(node.inputs().get(i), constant, axes(node, i)));
        }
      }
    }
  }

  private List<Binding> axes(Node node, int input) {
    return spaces.bindings(node.name()).stream().filter(b -> b.input() == input).toList();
  }

  /** Weights have all their channels written out, so their extents divide the MACs. */
  private Term term(long total, List<Binding> axes) {
    long factor = total;
    for (Binding axis : axes) {
      factor /= extent(axis, Space::width);
    }
    return new Term(factor, axes);
  }

  /** Cost where a space has this many channels; one with fewer than its own is compressed. */
  public Cost at(ToIntFunction<Space> ranks) {
    return new Cost(macs(ranks), parameters(ranks));
  }

  /** Multiply-accumulates where a space has this many channels. */
  public long macs(ToIntFunction<Space> ranks) {
    long sum = 0;
    for (Term term : macs) {
      long product = term.factor();
      for (Binding axis : term.axes()) {
        product = Math.multiplyExact(product, extent(axis, ranks));
      }
      sum = Math.addExact(sum, product);
    }
    return sum;
  }

  private long parameters(ToIntFunction<Space> ranks) {
    Set<String> counted = new HashSet<>();
    long sum = 0;
    for (Use use : parameters) {
      List<Binding> compressed =
          use.axes().stream().filter(axis -> isCompressed(axis, ranks)).toList();
      // Readers that treat a constant differently no longer share it.
      String treated = compressed.stream().map(Binding::treatment).collect(Collectors.joining(" "));
      if (counted.add(use.name() + " " + treated)) {
        sum = Math.addExact(sum, elements(use.constant(), compressed, ranks));
      }
    }
    return sum;
  }

  private boolean isCompressed(Binding axis, ToIntFunction<Space> ranks) {
    return axis.segments().stream()
        .map(segment -> spaces.space(segment.space()))
        .anyMatch(space -> ranks.applyAsInt(space) < space.width());
  }

  private long elements(Constant constant, List<Binding> compressed, ToIntFunction<Space> ranks) {
    long elements = constant.elements();
    for (Binding axis : compressed) {
      // What is broadcast along an axis is written out there.
      int before = axis.axis() < 0 ? 1 : constant.size(axis.axis());
      elements = Math.multiplyExact(elements / before, extent(axis, ranks));
    }
    return elements;
  }

  private long extent(Binding axis, ToIntFunction<Space> ranks) {
    return spaces.extent(axis, ranks);
  }
}
