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

  /** Both give the same outputs, up to {@code tolerance} of the largest element of each. */
  public static void assertClose(Graph found, Graph expected, double tolerance) {
    Map<String, Tensor> inputs = RandomGraphs.inputs(expected, 11);
    assertClose(OrtOracle.run(found, inputs), OrtOracle.run(expected, inputs), tolerance);
  }

  /** The same of tensors by name. */
  public static void assertClose(
      Map<String, Tensor> found, Map<String, Tensor> expected, double tolerance) {
    assertThat(found.keySet()).isEqualTo(expected.keySet());
    expected.forEach((name, tensor) -> assertClose(name, found.get(name), tensor, tolerance));
  }

  private static void assertClose(String name, Tensor found, Tensor expected, double tolerance) {
    assertThat(found.shape()).as(name).isEqualTo(expected.shape());
    double largest = 0;
    double difference = 0;
    for (int i = 0; i < expected.values().length; i++) {
      largest = Math.max(largest, Math.abs(expected.values()[i]));
      double distance = Math.abs(found.values()[i] - expected.values()[i]);
      // A NaN is never close.
      difference = Double.isNaN(distance) ? Double.NaN : Math.max(difference, distance);
    }
    assertThat(difference)
        .as("%s differs, largest %s", name, largest)
        .isLessThanOrEqualTo(tolerance * largest);
  }
}
