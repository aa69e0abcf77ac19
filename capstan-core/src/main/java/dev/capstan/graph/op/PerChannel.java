package dev.capstan.graph.op;

import dev.capstan.graph.ChannelFlow;
import dev.capstan.graph.Operands;
import dev.capstan.graph.Shape;
import java.util.stream.IntStream;

/** What normalizations have in common: constants with an element for each channel (axis 1). */
final class PerChannel {
  private PerChannel() {}

  /** Fails unless the inputs {@code from} to {@code to} have an element for each channel. */
  static void check(Operands operands, int from, int to) {
    Shape input = operands.shape(0);
    if (input.rank() < 2) {
      throw operands.error("expected input 0 to have channels along axis 1, found shape " + input);
    }
    for (int i = from; i <= to; i++) {
      checkCount(operands, i, input.size(1));
    }
  }

  /** Fails unless the input has as many elements as there are channels, along one axis. */
  static void checkCount(Operands operands, int index, long channels) {
    long found = operands.shapeOfRank(index, 1).size(0);
    if (channels >= 0 && found >= 0 && found != channels) {
      throw operands.error(
          "expected %d elements in input %d, found %d".formatted(channels, index, found));
    }
  }

  /** Says that channels may be chosen among, and with them the elements of those inputs. */
  static void pass(ChannelFlow flow, String why, int from, int to) {
    if (areKnown(flow, why, from, to) && flow.alongAxis(0, 1)) {
      flow.selectOnly(0, why);
      flow.pass(0, 0, 1);
      encode(flow, from, to);
    }
  }

  /** Says that an element for each channel lies along those inputs. */
  static void encode(ChannelFlow flow, int from, int to) {
    for (int i = from; i <= to; i++) {
      flow.encode(i, 0, 0);
    }
  }

  /** Whether inputs are constants; where one is computed, channels are pinned. */
  static boolean areKnown(ChannelFlow flow, String why, int from, int to) {
    boolean known =
        IntStream.rangeClosed(from, to)
            .allMatch(i -> !flow.operands().has(i) || flow.constant(i) != null);
    if (!known) {
      flow.pin(0, why + " by computed numbers");
    }
    return known;
  }
}
