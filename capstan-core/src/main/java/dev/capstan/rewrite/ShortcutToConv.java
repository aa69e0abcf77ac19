package dev.capstan.rewrite;

import dev.capstan.graph.Constant;
import dev.capstan.graph.Dim;
import dev.capstan.graph.Graph;
import dev.capstan.graph.Node;
import dev.capstan.graph.TensorType;
import dev.capstan.graph.op.Conv;
import dev.capstan.graph.op.Pad;
import dev.capstan.graph.op.Slice;
import dev.capstan.graph.op.Window;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Channels padded with zeros, and the slices before that take every s-th pixel, as one 1x1 Conv:
 * kernel S with {@code S[before + c, c] = 1}, stride s.
 *
 * <p>The pattern needs a padding of channels alone, with 0, and slices that start at the first
 * pixel, go to the end and are read by nothing else; other slices stay where they are.
 */
final class ShortcutToConv implements Rule {
  private final InferredTypes types = new InferredTypes();

  @Override
  public Optional<Replacement> apply(Graph graph, Node node) {
    return node.operator() instanceof Pad pad && padsChannelsAlone(pad)
        ? replacement(graph, node, pad)
        : Optional.empty();
  }

  private static boolean padsChannelsAlone(Pad pad) {
    int rank = pad.pads().size() / 2;
    for (int i = 0; i < pad.pads().size(); i++) {
      if (i % rank != 1 && pad.pads().get(i) != 0) {
        return false;
      }
    }
    boolean channels = rank > 2 && (pad.pads().get(1) != 0 || pad.pads().get(rank + 1) != 0);
    return channels && pad.mode() == Pad.Mode.CONSTANT && pad.value() == 0;
  }

  private Optional<Replacement> replacement(Graph graph, Node node, Pad pad) {
    Map<String, TensorType> known = types.of(graph);
    TensorType type = known.get(node.inputs().get(0));
    if (type == null || !type.type().isFloating() || type.shape().size(1) < 0) {
      return Optional.empty();
    }
    Strides strides = new Strides(type.shape().rank());
    List<String> removed = new ArrayList<>(List.of(node.name()));
    String from = node.inputs().get(0);
    for (Node slice = graph.producer(from);
        slice != null && graph.soleReader(from) != null && strides.take(slice, known);
        slice = graph.producer(from)) {
      removed.add(0, slice.name());
      from = slice.inputs().get(0);
    }
    String kernel = node.name() + "/map";
    Node conv =
        new Node(node.name(), strides.conv(), List.of(from, kernel), node.outputs(), node.doc());
    return Optional.of(new Replacement(removed, List.of(conv), Map.of(kernel, kernel(type, pad))));
  }

  /** S. */
  private static Constant kernel(TensorType type, Pad pad) {
    int rank = type.shape().rank();
    int in = Math.toIntExact(type.shape().size(1));
    int before = pad.pads().get(1);
    int out = before + in + pad.pads().get(rank + 1);
    float[] values = new float[out * in];
    for (int c = Math.max(0, -before); c < in && before + c < out; c++) {
      values[(before + c) * in + c] = 1;
    }
    long[] sizes = new long[rank];
    Arrays.fill(sizes, 1);
    sizes[0] = out;
    sizes[1] = in;
    return Constant.of(type.type(), values, sizes);
  }

  /** How far apart the pixels are that some slices take together. */
  private static final class Strides {
    private final Integer[] strides;

    Strides(int rank) {
      strides = new Integer[rank];
      Arrays.fill(strides, 1);
    }

    /** Takes a node in, if it is such a slice. */
    boolean take(Node node, Map<String, TensorType> types) {
      TensorType type = types.get(node.inputs().get(0));
      if (!(node.operator() instanceof Slice slice) || type == null) {
        return false;
      }
      for (int i = 0; i < slice.axes().size(); i++) {
        int axis = type.shape().axis(slice.axes().get(i));
        long step = slice.steps().get(i);
        if (!isEveryNth(slice, i, type.shape().dims().get(axis)) || (axis < 2 && step != 1)) {
          return false;
        }
      }
      for (int i = 0; i < slice.axes().size(); i++) {
        strides[type.shape().axis(slice.axes().get(i))] *= Math.toIntExact(slice.steps().get(i));
      }
      return true;
    }

    private static boolean isEveryNth(Slice slice, int i, Dim dim) {
      long step = slice.steps().get(i);
      long size = dim.size();
      boolean whole =
          dim.isKnown()
              ? slice.start(i, size) == 0 && slice.count(i, size) == (size + step - 1) / step
              : slice.starts().get(i) == 0 && slice.ends().get(i) >= Integer.MAX_VALUE;
      return step > 0 && whole;
    }

    Conv conv() {
      List<Integer> spatial = List.of(strides).subList(2, strides.length);
      List<Integer> ones = Collections.nCopies(spatial.size(), 1);
      List<Integer> pads = Collections.nCopies(2 * spatial.size(), 0);
      return new Conv(new Window(ones, spatial, ones, pads, Window.AutoPad.NOTSET, false), 1);
    }
  }
}
