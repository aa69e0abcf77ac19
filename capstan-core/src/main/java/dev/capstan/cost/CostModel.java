package dev.capstan.cost;

import dev.capstan.graph.Constant;
import dev.capstan.graph.Graph;
import dev.capstan.graph.Node;
import dev.capstan.graph.Tail;
import dev.capstan.space.Binding;
import dev.capstan.space.ChannelLayout;
import dev.capstan.space.ChannelLayout.Segment;
import dev.capstan.space.ChannelSpaces;
import dev.capstan.space.Space;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.LinkedHashMap;
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
  private record Term(long factor, List<Axis> axes) {}

  /** A constant as one node reads it. */
  private record Use(Constant constant, List<Axis> axes) {}

  /** Channels of a space, each {@code repeat} elements long. */
  private record Part(Space space, int repeat) {}

  /** An axis along channels. Allocations ask for extents a million times, so spaces are found. */
  private record Axis(Binding binding, List<Part> parts) {
    long extent(ToIntFunction<Space> ranks) {
      long sum = 0;
      for (Part part : parts) {
        sum += (long) ranks.applyAsInt(part.space()) * part.repeat();
      }
      return sum / binding.groups();
    }

    boolean isCompressed(ToIntFunction<Space> ranks) {
      for (Part part : parts) {
        if (ranks.applyAsInt(part.space()) < part.space().width()) {
          return true;
        }
      }
      return false;
    }
  }

  private final ChannelSpaces spaces;
  private final List<Term> macs = new ArrayList<>();
  private final Map<String, List<Use>> uses = new LinkedHashMap<>();
  private final Cost carried;

  /** The costs of a graph with these spaces. */
  public CostModel(ChannelSpaces spaces) {
    Graph graph = spaces.graph();
    this.spaces = spaces;
    this.carried = graph.tail().map(tail -> TailCost.of(tail).cost(tail)).orElse(new Cost(0, 0));
    Map<String, Long> macsByNode = Cost.macs(graph);
    for (Node node : graph.nodes()) {
      long count = macsByNode.getOrDefault(node.name(), 0L);
      if (count > 0) {
        macs.add(term(count, axes(node, 1).isEmpty() ? passing(node) : axes(node, 1)));
      }
      for (int i = 0; i < node.inputs().size(); i++) {
        String name = node.inputs().get(i);
        Constant constant = graph.constant(name);
        if (constant != null && Cost.isParameter(node.operator().type(), i, constant)) {
          uses.computeIfAbsent(name, key -> new ArrayList<>())
              .add(new Use(constant, axes(node, i)));
        }
      }
    }
    graph.tail().ifPresent(this::add);
  }

  /** No rank changes what a tail costs, and the constants it reads stay as they are. */
  private void add(Tail tail) {
    macs.add(new Term(carried.macs(), List.of()));
    TailCost.parameters(tail)
        .forEach(
            (name, constant) -> {
              Constant own = spaces.graph().constant(name);
              boolean shared = own == null || own.sameAs(constant);
              uses.computeIfAbsent(shared ? name : name + " of the tail", key -> new ArrayList<>())
                  .add(new Use(constant, List.of()));
            });
  }

  private List<Axis> axes(Node node, int input) {
    return spaces.bindings(node.name()).stream()
        .filter(binding -> binding.input() == input)
        .map(binding -> new Axis(binding, binding.segments().stream().map(this::part).toList()))
        .toList();
  }

  /** Without weights, channels that the result has were those of an operand: rows of a MatMul. */
  private List<Axis> passing(Node node) {
    ChannelLayout layout = spaces.layout(node.output());
    return layout == null
        ? List.of()
        : List.of(
            new Axis(
                new Binding(
                    node.name(), 0, layout.axis(), Binding.Role.DECODE, layout.segments(), 1),
                layout.segments().stream().map(this::part).toList()));
  }

  private Part part(Segment segment) {
    return new Part(spaces.space(segment.space()), segment.repeat());
  }

  /** Weights have all their channels written out, so their extents divide the MACs. */
  private static Term term(long total, List<Axis> axes) {
    long factor = total;
    for (Axis axis : axes) {
      factor /= axis.extent(Space::width);
    }
    return new Term(factor, axes);
  }

  /** What of it lies in the graph's tail, whatever the ranks. */
  public Cost carried() {
    return carried;
  }

  /** Cost where a space has this many channels; one with fewer than its own is compressed. */
  public Cost at(ToIntFunction<Space> ranks) {
    return new Cost(macs(ranks), parameters(ranks), carried.uncounted());
  }

  /** Multiply-accumulates where a space has this many channels. */
  public long macs(ToIntFunction<Space> ranks) {
    long sum = 0;
    for (Term term : macs) {
      long product = term.factor();
      for (Axis axis : term.axes()) {
        product = Math.multiplyExact(product, axis.extent(ranks));
      }
      sum = Math.addExact(sum, product);
    }
    return sum;
  }

  /** Trained numbers where a space has this many channels. */
  public long parameters(ToIntFunction<Space> ranks) {
    long sum = 0;
    for (List<Use> ofOne : uses.values()) {
      for (Use use : ofOne.size() == 1 ? ofOne : apart(ofOne, ranks)) {
        sum = Math.addExact(sum, elements(use, ranks));
      }
    }
    return sum;
  }

  /** Uses that no longer share a constant: one for each way it is treated. */
  private static Collection<Use> apart(List<Use> uses, ToIntFunction<Space> ranks) {
    Set<String> treatments = new HashSet<>();
    return uses.stream().filter(use -> treatments.add(treatment(use, ranks))).toList();
  }

  private static String treatment(Use use, ToIntFunction<Space> ranks) {
    return use.axes().stream()
        .filter(axis -> axis.isCompressed(ranks))
        .map(axis -> axis.binding().treatment())
        .collect(Collectors.joining(" "));
  }

  private static long elements(Use use, ToIntFunction<Space> ranks) {
    long elements = use.constant().elements();
    for (Axis axis : use.axes()) {
      if (axis.isCompressed(ranks)) {
        // What is broadcast along an axis is written out there.
        int place = axis.binding().axis();
        int before = place < 0 ? 1 : use.constant().size(place);
        elements = Math.multiplyExact(elements / before, axis.extent(ranks));
      }
    }
    return elements;
  }
}
