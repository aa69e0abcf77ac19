package dev.capstan.torch.internal.learn;

import dev.capstan.graph.Constant;
import dev.capstan.graph.Graph;
import dev.capstan.graph.Node;
import dev.capstan.graph.Shape;
import dev.capstan.graph.ShapeInference;
import dev.capstan.graph.TensorType;
import dev.capstan.graph.op.Conv;
import dev.capstan.space.Bases;
import dev.capstan.space.Binding;
import dev.capstan.space.ChannelSpaces;
import dev.capstan.space.Space;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Which spaces take a step only every {@value #PERIOD} batches, on the gradient of all of them:
 * those whose kernels cost more to project than to convolve with. Wide layers over few pixels are
 * like that (VGG on 32 x 32 images); with larger images none is.
 */
final class UpdateInterval {
  /** Batches to a step of a slow space. */
  static final int PERIOD = 4;

  private final Graph graph;
  private final ChannelSpaces spaces;
  private final Bases bases;
  private final Set<String> learned;

  private UpdateInterval(ChannelSpaces spaces, Bases bases, Set<String> learned) {
    this.graph = spaces.graph();
    this.spaces = spaces;
    this.bases = bases;
    this.learned = learned;
  }

  /**
   * The slow spaces, for batches of this many images.
   *
   * @param learned the spaces whose bases learn: about others there is nothing to be slow
   */
  static Set<String> slow(ChannelSpaces spaces, Bases bases, Set<String> learned, int batch) {
    return new UpdateInterval(spaces, bases, learned).slow(batch);
  }

  private Set<String> slow(int batch) {
    Map<String, TensorType> types = ShapeInference.of(graph);
    Map<String, Double> excess = new HashMap<>();
    for (Node node : graph.nodes()) {
      TensorType output = types.get(node.output());
      if (node.operator() instanceof Conv conv && conv.groups() == 1 && output != null) {
        Shape shape = output.shape();
        long pixels = shape.elements(2, shape.rank());
        if (pixels > 0) {
          add(excess, node, (double) pixels * batch);
        }
      }
    }
    Set<String> slow = new HashSet<>();
    excess.forEach(
        (space, cost) -> {
          if (cost > 0) {
            slow.add(space);
          }
        });
    return slow;
  }

  /**
   * Adds what a layer's projection costs more than its convolution, to the spaces it lies between.
   */
  private void add(Map<String, Double> excess, Node node, double pixels) {
    Constant weights = graph.constant(node.inputs().get(1));
    if (weights == null || weights.rank() != 4) {
      return;
    }
    LayerCost cost =
        new LayerCost(
            weights.size(0),
            weights.size(1),
            extent(node, Binding.Role.ENCODE, weights.size(0)),
            extent(node, Binding.Role.DECODE, weights.size(1)),
            (double) weights.size(2) * weights.size(3),
            pixels);
    double more = cost.projection() - cost.convolution();
    for (Binding binding : bindings(node)) {
      for (var segment : binding.segments()) {
        if (learned.contains(segment.space())) {
          excess.merge(segment.space(), more, Double::sum);
        }
      }
    }
  }

  private List<Binding> bindings(Node node) {
    return spaces.bindings(node.name()).stream().filter(b -> b.input() == 1).toList();
  }

  private double extent(Node node, Binding.Role role, int width) {
    return bindings(node).stream()
        .filter(binding -> binding.role() == role)
        .mapToInt(binding -> spaces.extent(binding, this::rank))
        .findFirst()
        .orElse(width);
  }

  private int rank(Space space) {
    return bases.rank(space);
  }
}
