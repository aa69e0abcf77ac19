package dev.capstan.torch.internal.paired;

import dev.capstan.error.InvalidInputException;
import dev.capstan.graph.Graph;
import dev.capstan.graph.Value;
import dev.capstan.recipe.WorkListener;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch.ScalarType;

/**
 * How far a network's outputs are from its original's, told by images alone: what judges networks
 * whose outputs are no classes.
 */
public final class OutputErrors {
  private final List<String> names;
  private final double[] errors;
  private final double[] norms;

  private OutputErrors(Graph graph) {
    this.names = graph.outputs().stream().map(Value::name).toList();
    this.errors = new double[names.size()];
    this.norms = new double[names.size()];
  }

  /**
   * Compares two networks.
   *
   * @param pair both, and the images that they are shown, at least one
   * @param what what the listener is told this is
   * @return the mean relative squared error of each output, by its name: {@code sum ||o - t||^2 /
   *     sum ||t||^2} over the images
   */
  public static Map<String, Double> of(SideBySide pair, String what, WorkListener listener) {
    OutputErrors sums = new OutputErrors(pair.original());
    sums.checkCount(pair.network());
    pair.run(what, listener, (targets, outputs, size) -> sums.add(targets, outputs));
    return sums.relative();
  }

  private void add(List<Tensor> targets, List<Tensor> outputs) {
    for (int i = 0; i < errors.length; i++) {
      checkShapes(names.get(i), targets.get(i).shape(), outputs.get(i).shape());
      // Sums of squares in half precision would keep two or three digits.
      Tensor target = targets.get(i).to(ScalarType.Double);
      errors[i] += outputs.get(i).to(ScalarType.Double).sub(target).square().sum().item_double();
      norms[i] += target.square().sum().item_double();
    }
  }

  private void checkCount(Graph network) {
    if (network.outputs().size() != names.size()) {
      throw new InvalidInputException(
          "the network has %d outputs, the original %d: give the model it was made from"
              .formatted(network.outputs().size(), names.size()));
    }
  }

  private static void checkShapes(String name, long[] expected, long[] found) {
    if (!Arrays.equals(expected, found)) {
      throw new InvalidInputException(
          "output '%s' has shape %s, the original's %s: give the model it was made from"
              .formatted(name, Arrays.toString(found), Arrays.toString(expected)));
    }
  }

  private Map<String, Double> relative() {
    Map<String, Double> relative = new LinkedHashMap<>();
    for (int i = 0; i < errors.length; i++) {
      relative.put(names.get(i), errors[i] / Math.max(norms[i], Double.MIN_NORMAL));
    }
    return relative;
  }
}
