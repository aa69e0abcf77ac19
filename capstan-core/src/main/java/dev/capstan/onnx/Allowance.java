package dev.capstan.onnx;

import dev.capstan.array.Pending;
import dev.capstan.error.InvalidInputException;
import dev.capstan.graph.Constant;

/**
 * How much a file may make of its constants while it is read: what honest ones compute is a few
 * times what they store.
 */
final class Allowance {
  /**
   * Whole networks are published with weights that ConstantOfShape fills: a VGG-19 takes 0.6 GB.
   */
  static final double SMALL_FILE = 640 << 20;

  static final double TIMES_STORED = 8;

  private final double limit;
  private double taken;

  /** For a file that stores so many bytes. */
  Allowance(double stored) {
    limit = SMALL_FILE + TIMES_STORED * stored;
  }

  /**
   * Makes an array.
   *
   * @throws InvalidInputException if that is beyond the limit
   */
  Constant make(Pending pending) {
    ReadBudget.axes(pending.sizes().length);
    take(pending.cost());
    return pending.make();
  }

  /** Takes an array that was made elsewhere. */
  void take(Constant made) {
    ReadBudget.axes(made.rank());
    take(made.bytes().remaining());
  }

  /** Takes bytes for what is made elsewhere. */
  void take(double bytes) {
    taken += bytes;
    if (taken > limit) {
      throw new InvalidInputException(
          "what the file computes from constants takes over %.0f MiB; it is damaged or made to harm"
              .formatted(limit / (1 << 20)));
    }
  }
}
