package dev.capstan.torch.internal.paired;

import dev.capstan.distance.OutputError;
import dev.capstan.error.InvalidInputException;
import dev.capstan.graph.Graph;
import dev.capstan.graph.Value;
import dev.capstan.torch.internal.tensor.Tensors;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.bytedeco.pytorch.Tensor;

/** How far each output of a network is from its original's, over images: {@link OutputError}. */
final class OutputErrors {
  private final Map<String, OutputError> byName = new LinkedHashMap<>();

  /** Before the first batch. */
  OutputErrors(Graph original, Graph network) {
    int expected = original.outputs().size();
    if (network.outputs().size() != expected) {
      throw new InvalidInputException(
          "the network has %d outputs, the original %d: give the model it was made from"
              .formatted(network.outputs().size(), expected));
    }
    original.outputs().stream().map(Value::name).forEach(n -> byName.put(n, new OutputError()));
  }

  /** Takes what both gave of a batch. */
  void add(List<Tensor> targets, List<Tensor> outputs, int images) {
    int i = 0;
    for (Map.Entry<String, OutputError> output : byName.entrySet()) {
      Tensor target = targets.get(i);
      checkShapes(output.getKey(), target.shape(), outputs.get(i).shape());
      // Where the first axis is not the images', only the batch as a whole can be told apart.
      boolean apart = target.dim() > 0 && target.size(0) == images;
      output
          .getValue()
          .add(Tensors.floats(target), Tensors.floats(outputs.get(i)), apart ? images : 1);
      i++;
    }
  }

  private static void checkShapes(String name, long[] expected, long[] found) {
    if (!Arrays.equals(expected, found)) {
      throw new InvalidInputException(
          "output '%s' has shape %s, the original's %s: give the model it was made from"
              .formatted(name, Arrays.toString(found), Arrays.toString(expected)));
    }
  }

  /** The error of each output, by its name. */
  Map<String, Double> relative() {
    Map<String, Double> relative = new LinkedHashMap<>();
    byName.forEach((name, error) -> relative.put(name, error.relative()));
    return relative;
  }
}
