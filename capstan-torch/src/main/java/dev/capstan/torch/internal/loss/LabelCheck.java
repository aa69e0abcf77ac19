package dev.capstan.torch.internal.loss;

import static java.util.stream.Collectors.joining;

import dev.capstan.data.Dataset;
import dev.capstan.error.InvalidInputException;
import dev.capstan.graph.Graph;
import dev.capstan.graph.ShapeInference;
import dev.capstan.graph.TensorType;
import dev.capstan.outputs.judged.JudgedOutputs;
import java.util.Arrays;
import java.util.List;
import java.util.Map;

/** Whether a network's outputs are the classes of a set. */
public final class LabelCheck {
  private LabelCheck() {}

  /** Fails where they are not; images without labels fit any network. */
  public static void images(Graph graph, Dataset images) {
    if (images.isLabelled()) {
      TensorType output = ShapeInference.of(graph).get(JudgedOutputs.of(graph).get(0).name());
      outputs(output == null ? new long[0] : output.shape().sizes(), images);
    }
  }

  /** Fails where one network cannot be taught to give another's outputs. */
  public static void teacher(Graph graph, Graph teacher) {
    List<String> expected = outputs(graph);
    List<String> found = outputs(teacher);
    if (!found.equals(expected)) {
      throw new InvalidInputException(
          "the teacher gives outputs %s, the network %s: give one trained for the same classes"
              .formatted(found, expected));
    }
  }

  /** The extents of each output, batch aside. */
  private static List<String> outputs(Graph graph) {
    Map<String, TensorType> types = ShapeInference.of(graph);
    return graph.outputs().stream()
        .map(output -> types.getOrDefault(output.name(), output.type()).shape().dims())
        .map(dims -> "N" + dims.stream().skip(1).map(dim -> " x " + dim).collect(joining()))
        .toList();
  }

  /**
   * Fails where they are not.
   *
   * @param shape of the network's first output
   */
  public static void outputs(long[] shape, Dataset images) {
    if (shape.length != 2) {
      throw new InvalidInputException(
          "expected one output of shape N x classes to judge by labels, found "
              + Arrays.toString(shape));
    }
    if (!images.fits(shape[1])) {
      throw new InvalidInputException(
          "the data has %d classes, the network %d outputs: name these in their order with setting 'classes'"
              .formatted(images.classes().size(), shape[1]));
    }
  }
}
