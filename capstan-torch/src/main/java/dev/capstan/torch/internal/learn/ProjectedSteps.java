package dev.capstan.torch.internal.learn;

import dev.capstan.graph.Node;
import dev.capstan.graph.op.Conv;
import dev.capstan.space.Binding;
import dev.capstan.space.ChannelSpaces;
import dev.capstan.torch.internal.engine.Program;
import dev.capstan.torch.internal.engine.Step;
import dev.capstan.torch.internal.engine.Values;
import dev.capstan.torch.internal.tensor.Precision;
import java.util.List;
import org.bytedeco.pytorch.Tensor;
import org.jspecify.annotations.Nullable;

/**
 * Steps of the compressed network, with weights that follow from bases that learn.
 *
 * <p>{@code E^T W D x} can be had in three orders; which one is cheapest depends on the number of
 * pixels: {@link Order}.
 */
final class ProjectedSteps {
  /** In which order a layer's product with its bases is taken. */
  enum Order {
    /** {@code (E^T W D) x}: small kernels, the rule. */
    KERNELS,
    /** {@code E^T ((W D) x)}: where few pixels meet many channels. */
    OUTPUT,
    /** {@code E^T (W (D x))}: frozen kernels need no gradient; cheapest where pixels are few. */
    ACTIVATIONS
  }

  private final Program original;
  private final ChannelSpaces spaces;
  private final Projector projector;
  private final CachedKernels resting;
  private final Precision precision;

  ProjectedSteps(
      Program original,
      ChannelSpaces spaces,
      Projector projector,
      CachedKernels resting,
      Precision precision) {
    this.original = original;
    this.spaces = spaces;
    this.projector = projector;
    this.resting = resting;
    this.precision = precision;
  }

  /**
   * Runs a step.
   *
   * @param step the compressed network's
   * @param values its values
   * @param like the original's output of the step, for its extents
   * @return one tensor an output, in the compressed network's coordinates
   */
  Tensor[] execute(Step step, Values values, Tensor like) {
    Node node = original.graph().node(step.node().name());
    Binding writes = writes(node);
    Order order = order(node, like, writes);
    @Nullable Tensor[] operands = operands(step, node, values, order);
    Tensor[] results = step.execute(operands, precision);
    if (writes != null && order != Order.KERNELS) {
      try (Tensor full = results[0]) {
        results[0] = projector.encode(full, writes.segments());
        results[0].retainReference();
      }
    }
    return results;
  }

  /** Where a node's weights lie along compressed channels that they write, null for nowhere. */
  private @Nullable Binding writes(Node node) {
    return spaces.bindings(node.name()).stream()
        .filter(b -> b.input() == 1 && b.role() == Binding.Role.ENCODE)
        .filter(b -> projector.isCompressed(b) && produces(node, b))
        .findFirst()
        .orElse(null);
  }

  private boolean produces(Node node, Binding binding) {
    return binding.segments().stream()
        .anyMatch(segment -> spaces.space(segment.space()).producers().contains(node.name()));
  }

  private Order order(Node node, Tensor like, @Nullable Binding writes) {
    List<Binding> reads = reads(node);
    boolean spatial = node.operator() instanceof Conv conv && conv.groups() == 1;
    return spatial && reads.size() == 1 && like.dim() == 4
        ? cheapest(node, like, writes, reads.get(0))
        : Order.KERNELS;
  }

  private List<Binding> reads(Node node) {
    return spaces.bindings(node.name()).stream()
        .filter(b -> b.role() == Binding.Role.DECODE && projector.isCompressed(b))
        .filter(b -> b.segments().size() == 1 && b.segments().get(0).repeat() == 1)
        .toList();
  }

  private Order cheapest(Node node, Tensor like, @Nullable Binding writes, Binding reads) {
    Tensor weights = original.constants().get(node.inputs().get(1));
    Projector.Pair pair = projector.pair(reads.segments().get(0).space());
    if (pair == null) {
      return Order.KERNELS;
    }
    LayerCost cost =
        new LayerCost(
            weights.size(0),
            weights.size(1),
            writes == null ? weights.size(0) : spaces.extent(writes, projector::rank),
            pair.decode().size(1),
            (double) weights.size(2) * weights.size(3),
            (double) like.size(0) * like.size(2) * like.size(3));
    double share = resting.rests(compressed(node, 1)) ? 1.0 / UpdateInterval.PERIOD : 1;
    double kernels = share * cost.projection() + cost.convolution();
    if (kernels <= Math.min(cost.activations(), cost.output())) {
      return Order.KERNELS;
    }
    return cost.activations() < cost.output() ? Order.ACTIVATIONS : Order.OUTPUT;
  }

  /** Where a constant that a node reads lies along compressed spaces. */
  private List<Binding> compressed(Node node, int input) {
    return spaces.bindings(node.name()).stream()
        .filter(binding -> binding.input() == input && projector.isCompressed(binding))
        .toList();
  }

  private @Nullable Tensor[] operands(Step step, Node node, Values values, Order order) {
    @Nullable Tensor[] operands = new Tensor[step.inputs().size()];
    for (int i = 0; i < operands.length; i++) {
      int slot = step.inputs().get(i);
      operands[i] = slot < 0 ? null : values.get(slot);
    }
    for (int i = 0; i < operands.length; i++) {
      List<Binding> bindings = compressed(node, i);
      if (!bindings.isEmpty()) {
        operands[i] = projected(node, i, bindings, order);
      }
    }
    Tensor activations = operands[0];
    if (order == Order.ACTIVATIONS && activations != null) {
      operands[0] = decoded(activations, node);
    }
    return operands;
  }

  private Tensor projected(Node node, int input, List<Binding> bindings, Order order) {
    Tensor weights = original.constants().get(node.inputs().get(input));
    if (order == Order.KERNELS && input == 1 && resting.rests(bindings)) {
      return resting.leaf(node.name(), input, weights, bindings, projector);
    }
    return projector.apply(
        weights, bindings.stream().filter(binding -> !isLeft(binding, order)).toList());
  }

  /** Whether an axis keeps its channels because the product with its basis is taken elsewhere. */
  private static boolean isLeft(Binding binding, Order order) {
    return binding.role() == Binding.Role.ENCODE
        ? order != Order.KERNELS
        : order == Order.ACTIVATIONS;
  }

  private Tensor decoded(Tensor activations, Node node) {
    Projector.Pair pair = projector.pair(reads(node).get(0).segments().get(0).space());
    return pair == null ? activations : Projector.encode(activations, pair.decode().t());
  }
}
