package dev.capstan.testing;

import static org.assertj.core.api.Assertions.assertThat;

import dev.capstan.graph.Graph;
import dev.capstan.testing.OrtOracle.Tensor;
import java.util.Map;

/** Compares what networks give. */
public final class Outputs {
  private Outputs() {}

  /** Both give the same, bit for bit. */
  public static void assertSame(Graph found, Graph expected) {
    assertClose(found, expected, 0);
  }

  /**
   * Both give the same outputs, up to {@code tolerance} of the largest element of each. A hundredth
   * of the largest of all counts as well: where terms cancel, round-off is that of the terms.
   */
  public static void assertClose(Graph found, Graph expected, double tolerance) {
    Map<String, Tensor> inputs = RandomGraphs.inputs(expected, 11);
    assertClose(OrtOracle.run(found, inputs), OrtOracle.run(expected, inputs), tolerance);
  }

  /** The same of tensors by name. */
  public static void assertClose(
      Map<String, Tensor> found, Map<String, Tensor> expected, double tolerance) {
    assertThat(found.keySet()).isEqualTo(expected.keySet());
    double terms = expected.values().stream().mapToDouble(Outputs::largest).max().orElse(0) / 100;
    expected.forEach(
        (name, tensor) -> {
          double bound = tolerance * (largest(tensor) + terms);
          assertClose(name, found.get(name), tensor, bound);
        });
  }

  private static double largest(Tensor tensor) {
    double largest = 0;
    for (float value : tensor.values()) {
      largest = Math.max(largest, Math.abs(value));
    }
    return largest;
  }

  private static void assertClose(String name, Tensor found, Tensor expected, double bound) {
    assertThat(found.shape()).as(name).isEqualTo(expected.shape());
    double difference = 0;
    for (int i = 0; i < expected.values().length; i++) {
      double distance = Math.abs(found.values()[i] - expected.values()[i]);
      // A NaN is never close.
      difference = Double.isNaN(distance) ? Double.NaN : Math.max(difference, distance);
    }
    assertThat(difference)
        .as("%s differs, largest %s", name, largest(expected))
        .isLessThanOrEqualTo(bound);
  }
}
