package dev.capstan.graph.op;

import dev.capstan.graph.ChannelFlow;
import dev.capstan.graph.Shape;

/** What Flatten and Reshape have in common: axes from the channels on become one. */
final class Reshaping {
  private Reshaping() {}

  /** All axes of {@code input} from {@code axis} on become one, in row-major order. */
  static void pass(ChannelFlow flow, Shape input, int axis) {
    int channels = flow.axis(0);
    if (channels < 0) {
      return;
    }
    long inner = input.elements(channels + 1, input.rank());
    if (channels != axis || inner < 0) {
      flow.pin(0, "reshape that mixes channels with other axes");
      flow.pinOutput(0, "reshape that mixes channels with other axes");
    } else {
      flow.passRepeated(0, 0, axis, Math.toIntExact(inner));
    }
  }
}
