package dev.capstan.graph.op;

import dev.capstan.graph.ChannelFlow;
import dev.capstan.graph.Operands;
import dev.capstan.graph.Shape;

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
    if (!flow.alongAxis(0, 1)) {
      return;
    }
    flow.selectOnly(0, why);
    flow.pass(0, 0, 1);
    for (int i = from; i <= to; i++) {
      flow.encode(i, 0, 0);
    }
  }
}
