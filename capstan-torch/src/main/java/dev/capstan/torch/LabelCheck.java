package dev.capstan.torch;

import dev.capstan.graph.InvalidInputException;
import java.util.Arrays;

/** Whether a network's outputs are the classes of a set. */
final class LabelCheck {
  private LabelCheck() {}

  /**
   * Fails where they are not.
   *
   * @param shape of the network's first output
   */
  static void outputs(long[] shape, int classes) {
    if (shape.length != 2) {
      throw new InvalidInputException(
          "expected one output of shape N x classes to judge by labels, found "
              + Arrays.toString(shape));
    }
    if (shape[1] != classes) {
      throw new InvalidInputException(
          "the data has %d classes, the network %d outputs: give the folder it was trained for"
              .formatted(classes, shape[1]));
    }
  }
}
