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

/**
 * What a compressed network would cost, by the ranks of its spaces, without compressing it.
 *
 * <p>Each node's MACs, and each constant's size, are a product of the extents of the axes that lie
 * along channels and a factor that compression leaves alone.
 */
public final class CostModel {
  /** {@code factor} times the extents of some axes. */
  private record Term(long factor, List<Binding> axes) {
    long at(ChannelSpaces spaces, ToIntFunction<Space> ranks) {
      long product = factor;
      for (Binding axis : axes) {
        product = Math.multiplyExact(product, (long) spaces.extent(axis.segments(), ranks));
      }
      return product;
    }
  }

  private final ChannelSpaces spaces;
  private final List<Term> macs = new ArrayList<>();
  private final List<Term> parameters = new ArrayList<>();

  /** The costs of a graph with these spaces. */
  public CostModel(Graph graph, ChannelSpaces spaces) {
    this.spaces = spaces;
    Map<String, Long> macsByNode = Cost.macs(graph);
    Set<String> counted = new HashSet<>();
    for (Node node : graph.nodes()) {
      long count = macsByNode.getOrDefault(node.name(), 0L);
      if (count > 0) {
        macs.add(term(count, axes(node, 1)));
      }
      for (int i = 0; i < node.inputs().size(); i++) {
        Constant constant = graph.constant(node.inputs().get(i));
        if (constant != null
            && Cost.isParameter(node, i, constant)
            && counted.add(node.inputs().get(i))) {
          parameters.add(term(constant.elements(), axes(node, i)));
        }
      }
    }
  }

  private List<Binding> axes(Node node, int input) {
    return spaces.bindings(node.name()).stream().filter(b -> b.input() == input).toList();
  }

  private Term term(long total, List<Binding> axes) {
    long factor = total;
    List<Binding> dividing = new ArrayList<>();
    for (Binding axis : axes) {
      int extent = spaces.extent(axis.segments(), Space::width);
      if (factor % extent == 0) {
        factor /= extent;
        dividing.add(axis);
      }
    }
    return new Term(factor, dividing);
  }

  /** Cost where a space has this many channels. */
  public Cost at(ToIntFunction<Space> ranks) {
    return new Cost(sum(macs, ranks), sum(parameters, ranks));
  }

  private long sum(List<Term> terms, ToIntFunction<Space> ranks) {
    return terms.stream().mapToLong(term -> term.at(spaces, ranks)).sum();
  }
}
