package dev.capstan.rewrite;

import dev.capstan.graph.Constant;
import dev.capstan.graph.Graph;
import dev.capstan.graph.Node;
import dev.capstan.graph.op.Conv;
import dev.capstan.graph.op.Pad;
import dev.capstan.graph.op.Slice;
import dev.capstan.graph.op.Window;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.IntStream;

/**
 * A 1x1 Conv that only puts zeros around its input's channels, as slice and padding: the way back
 * of {@link ShortcutToConv}.
 */
final class ConvToShortcut implements Rule {
  @Override
  public Optional<Replacement> apply(Graph graph, Node node) {
    Constant kernel =
        node.operator() instanceof Conv conv && isPointwise(conv) && !node.hasInput(2)
            ? graph.constant(node.inputs().get(1))
            : null;
    int before = kernel == null ? -1 : zerosBefore(kernel);
    return kernel == null || before < 0
        ? Optional.empty()
        : Optional.of(replacement(node, (Conv) node.operator(), kernel, before));
  }

  private static boolean isPointwise(Conv conv) {
    Window window = conv.window();
    return conv.groups() == 1
        && window.taps() == 1
        && window.pads().stream().allMatch(pad -> pad == 0);
  }

  /** How many rows of zeros precede the identity in a kernel, -1 if it is nothing of the kind. */
  private static int zerosBefore(Constant kernel) {
    int out = kernel.size(0);
    int in = kernel.size(1);
    float[] values = kernel.floats();
    int before =
        IntStream.range(0, out).filter(row -> values[row * in] != 0).findFirst().orElse(-1);
    if (out <= in || before < 0 || before + in > out) {
      return -1;
    }
    for (int i = 0; i < values.length; i++) {
      if (values[i] != (i / in - before == i % in ? 1 : 0)) {
        return -1;
      }
    }
    return before;
  }

  private static Replacement replacement(Node node, Conv conv, Constant kernel, int before) {
    Integer[] pads = Collections.nCopies(2 * kernel.rank(), 0).toArray(Integer[]::new);
    pads[1] = before;
    pads[1 + kernel.rank()] = kernel.size(0) - kernel.size(1) - before;
    List<Node> added = new ArrayList<>();
    String from = node.inputs().get(0);
    if (conv.window().strides().stream().anyMatch(stride -> stride > 1)) {
      String sliced = node.output() + "/slice";
      added.add(new Node(sliced, slice(conv.window()), List.of(from), List.of(sliced)));
      from = sliced;
    }
    Pad pad = new Pad(Pad.Mode.CONSTANT, List.of(pads), 0);
    added.add(new Node(node.name(), pad, List.of(from), node.outputs(), node.doc()));
    return new Replacement(List.of(node.name()), added, Map.of());
  }

  private static Slice slice(Window window) {
    int rank = window.rank();
    return new Slice(
        Collections.nCopies(rank, 0L),
        Collections.nCopies(rank, Long.MAX_VALUE),
        IntStream.range(2, 2 + rank).boxed().toList(),
        window.strides().stream().map(Integer::longValue).toList());
  }
}
