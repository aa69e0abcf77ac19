package dev.capstan.graph.op;

import dev.capstan.graph.ChannelFlow;
import dev.capstan.graph.Dim;
import dev.capstan.graph.Shape;
import java.util.List;
import java.util.OptionalInt;
import java.util.stream.IntStream;

/**
 * Where channels are once the elements, in row-major order, have another shape: what Flatten and
 * Reshape have in common.
 *
 * @param flow what the node says of its channels
 * @param input the shape before
 * @param axis along which the channels lie there
 * @param output the shape after
 */
record Reshaping(ChannelFlow flow, Shape input, int axis, Shape output) {
  static void channels(ChannelFlow flow) {
    Shape output = flow.outputType(0).shape();
    if (flow.axis(0) >= 0) {
      new Reshaping(flow, flow.operands().shape(0), flow.axis(0), output).channels();
    }
  }

  private void channels() {
    if (!alone() && !withInnerAxes() && !withOuterAxes() && !parted()) {
      flow.pin(0, "reshape that mixes channels with other axes");
    }
  }

  private long width() {
    return input.size(axis);
  }

  /** They keep an axis of their own, if there is a choice the one they had. */
  private boolean alone() {
    OptionalInt to =
        IntStream.concat(IntStream.of(axis), IntStream.range(0, output.rank()))
            .filter(i -> i < output.rank() && output.size(i) == width() && beginAlike(axis, i))
            .findFirst();
    to.ifPresent(i -> flow.pass(0, 0, i));
    return to.isPresent();
  }

  /** Axes inside of the channels become one with them: N x C x H x W as N x CHW. */
  private boolean withInnerAxes() {
    for (int to = 0; to < output.rank(); to++) {
      if (output.size(to) > 0 && output.size(to) % width() == 0 && beginAlike(axis, to)) {
        flow.passRepeated(0, 0, to, Math.toIntExact(output.size(to) / width()));
        return true;
      }
    }
    return false;
  }

  /** Axes outside of the channels become one with them: N x H x W x C as N x HWC. */
  private boolean withOuterAxes() {
    for (int from = axis - 1; from >= 0; from--) {
      long times = input.elements(from, axis);
      for (int to = 0; times > 0 && to < output.rank(); to++) {
        if (output.size(to) == times * width() && beginAlike(from, to)) {
          flow.passInTurn(0, 0, to, Math.toIntExact(times));
          return true;
        }
      }
    }
    return false;
  }

  /**
   * Their axis becomes several, one of which has the channels, each made of several here: N x CHW
   * as N x C x H x W, N x 2C x H x W as N x 2 x C x H x W. Which one nobody says; parts are the
   * few.
   */
  private boolean parted() {
    IntStream begins = IntStream.range(0, output.rank()).filter(i -> beginAlike(axis, i));
    int from = begins.max().orElse(output.rank());
    IntStream ends = IntStream.range(from, output.rank());
    int to = ends.filter(i -> output.elements(from, i + 1) == width()).findFirst().orElse(-1);
    if (to < 0) {
      return false;
    }
    boolean flat = input.rank() == 2;
    boolean inRow = (flat && to > from + 1) || 2 * output.size(from) > output.size(to);
    int channels = inRow ? from : to;
    int parts = Math.toIntExact(width() / output.size(channels));
    if (!flat && output.size(channels) < 2L * parts) {
      return false;
    }
    flow.merge(0, 0, channels, parts, inRow);
    return true;
  }

  /** Whether the elements before an axis of the input are those before one of the output. */
  private boolean beginAlike(int from, int to) {
    List<Dim> before = open(input, from);
    if (!before.equals(open(output, to)) || known(input, from) != known(output, to)) {
      return false;
    }
    // Extents without a name may differ; then what comes after tells.
    return !before.contains(Dim.UNKNOWN)
        || (input.elements(from, input.rank()) >= 0
            && input.elements(from, input.rank()) == output.elements(to, output.rank()));
  }

  private static List<Dim> open(Shape shape, int end) {
    return shape.dims().subList(0, end).stream().filter(dim -> !dim.isKnown()).toList();
  }

  private static long known(Shape shape, int end) {
    return shape.dims().subList(0, end).stream()
        .filter(Dim::isKnown)
        .mapToLong(Dim::size)
        .reduce(1, Math::multiplyExact);
  }
}
