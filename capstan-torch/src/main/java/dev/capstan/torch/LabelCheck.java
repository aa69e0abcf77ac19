package dev.capstan.torch;

import dev.capstan.data.Dataset;
import dev.capstan.graph.Graph;
import dev.capstan.graph.InvalidInputException;
import dev.capstan.graph.ShapeInference;
import dev.capstan.graph.TensorType;
import java.util.Arrays;

/** Whether a network's outputs are the classes of a set. */
final class LabelCheck {
  private LabelCheck() {}

  /** Fails where they are not; images without labels fit any network. */
  static void images(Graph graph, Dataset images) {
    if (images.isLabelled()) {
      TensorType output = ShapeInference.of(graph).get(graph.outputs().get(0).name());
      outputs(output == null ? new long[0] : output.shape().sizes(), images.classes().size());
    }
  }

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
