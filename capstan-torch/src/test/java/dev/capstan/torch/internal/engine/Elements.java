package dev.capstan.torch.internal.engine;

import static org.assertj.core.api.Assertions.assertThat;

import dev.capstan.graph.Shape;
import java.util.SplittableRandom;

/** Random elements, and how far two tensors' elements are apart. */
public final class Elements {
  private Elements() {}

  /** Elements uniform in [-1, 1]. */
  static float[] random(SplittableRandom random, Shape shape) {
    float[] elements = new float[Math.toIntExact(shape.elements())];
    for (int i = 0; i < elements.length; i++) {
      elements[i] = (float) (random.nextDouble() * 2 - 1);
    }
    return elements;
  }

  /** The largest difference over the largest expected element. */
  static double distance(float[] actual, float[] expected) {
    assertThat(actual).hasSameSizeAs(expected);
    double largest = Float.MIN_NORMAL;
    double difference = 0;
    for (int i = 0; i < expected.length; i++) {
      largest = Math.max(largest, Math.abs(expected[i]));
      difference = Math.max(difference, Math.abs(expected[i] - actual[i]));
    }
    return difference / largest;
  }
}
