package dev.capstan.space;

import dev.capstan.graph.Constant;
import dev.capstan.graph.Graph;
import dev.capstan.graph.Node;
import dev.capstan.space.SpaceAnalysis.BoundAxis;
import dev.capstan.space.SpaceAnalysis.ChannelAxis;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * Joins the channels of nodes that read one kernel (siamese branches, a head over several sizes):
 * what they write is one space, and what they read is one, so that the kernel stays one and equal
 * inputs go on to give equal outputs.
 *
 * <p>Where nodes read a kernel in ways that no two bases can serve at once (its axis written by one
 * and read by another, channels cut differently), their channels stay as they are. Constants of one
 * number a channel join nothing: exporters store equal ones once, so that a bias of zeros is
 * "shared" by layers that have nothing to do with each other.
 */
final class SharedKernels {
  private final SpaceAnalysis analysis;
  private final Graph graph;

  SharedKernels(SpaceAnalysis analysis) {
    this.analysis = analysis;
    this.graph = analysis.graph;
  }

  void join() {
    Map<String, List<BoundAxis>> uses =
        analysis.bindings.stream()
            .collect(
                Collectors.groupingBy(
                    BoundAxis::constant, LinkedHashMap::new, Collectors.toList()));
    uses.forEach(
        (name, bound) -> {
          Constant constant = graph.constant(name);
          if (constant != null && isShared(name)) {
            byAxis(bound).forEach((axis, along) -> join(name, constant, axis, along));
          }
        });
  }

  private boolean isShared(String constant) {
    return graph.readers(constant).size() > 1 || graph.isReadOutside(constant);
  }

  private static Map<Integer, List<BoundAxis>> byAxis(List<BoundAxis> bound) {
    return bound.stream()
        .collect(Collectors.groupingBy(BoundAxis::axis, LinkedHashMap::new, Collectors.toList()));
  }

  private void join(String name, Constant constant, int axis, List<BoundAxis> along) {
    if (!isKernel(constant, axis, along) || isUniform(constant, axis)) {
      return;
    }
    ChannelAxis first = along.get(0).channels();
    if (graph.isReadOutside(name) || !readAll(name, along) || !alike(along)) {
      String why = "shares kernel '%s' with a node that reads it otherwise".formatted(name);
      along.forEach(bound -> bound.channels().restrict(Freedom.PINNED, why));
    } else {
      along.forEach(bound -> first.join(bound.channels()));
    }
  }

  /** Whether a constant has more than one number a channel, or sums over channels. */
  private static boolean isKernel(Constant constant, int axis, List<BoundAxis> along) {
    return axis >= 0
        && (constant.elements() > constant.size(axis)
            || along.stream().anyMatch(bound -> bound.role() == Binding.Role.DECODE));
  }

  /** Whether it says the same of every channel: a blur, a bilinear kernel, zeros. */
  private static boolean isUniform(Constant constant, int axis) {
    if (!constant.type().isFloating()) {
      return false;
    }
    float[] values = constant.floats();
    int inner = Math.toIntExact(constant.shape().elements(axis + 1, constant.rank()));
    for (int i = 0; i < values.length; i++) {
      int place = i / inner % constant.size(axis);
      if (values[i] != values[i - place * inner]) {
        return false;
      }
    }
    return true;
  }

  private boolean readAll(String name, List<BoundAxis> along) {
    Set<Node> bound = along.stream().map(BoundAxis::node).collect(Collectors.toSet());
    return bound.size() == along.size() && bound.containsAll(graph.readers(name));
  }

  private static boolean alike(List<BoundAxis> along) {
    BoundAxis first = along.get(0);
    return along.stream()
        .allMatch(
            bound ->
                bound.role() == first.role()
                    && bound.groups() == first.groups()
                    && bound.channels().isLike(first.channels()));
  }
}
