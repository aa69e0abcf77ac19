package dev.capstan.torch.internal.calibrate;

import dev.capstan.space.Basis;
import dev.capstan.torch.internal.tensor.Tensors;
import java.util.Map;
import org.bytedeco.pytorch.Tensor;

/**
 * How large a network's values are.
 *
 * @param values c by compared value: the mean squared norm for one image
 * @param channels {@code sqrt(E x_c^2)} of each channel by space, up to a factor of the space's
 */
public record Scales(Map<String, Double> values, Map<String, float[]> channels) {
  /** Of the mean size: what channels that hardly speak count as. */
  private static final double LEAST = 0.01;

  /** Copies the maps. */
  public Scales {
    values = Map.copyOf(values);
    channels = Map.copyOf(channels);
  }

  /**
   * How far elements of D may go in a step, n x r, so that in channels of unit size all go as far:
   * {@code s_i / s_k}, where s is a channel's size and k the one that E selects most of. Those of
   * E: the inverse.
   *
   * @return float32, the caller's scope's
   */
  public Tensor steps(String space, Basis start) {
    float[] sizes = channels.getOrDefault(space, new float[start.width()]);
    double floor = LEAST * mean(sizes);
    float[] steps = new float[start.width() * start.rank()];
    for (int k = 0; k < start.rank(); k++) {
      double own = Math.max(floor, sizes[selected(start, k)]);
      for (int i = 0; i < start.width(); i++) {
        double ratio = own > 0 ? Math.max(floor, sizes[i]) / own : 1;
        steps[i * start.rank() + k] = (float) ratio;
      }
    }
    return Tensors.of(steps, start.width(), start.rank());
  }

  private static double mean(float[] sizes) {
    double sum = 0;
    for (float size : sizes) {
      sum += size;
    }
    return sum / sizes.length;
  }

  private static int selected(Basis start, int column) {
    int most = 0;
    for (int i = 1; i < start.width(); i++) {
      if (Math.abs(start.encode().at(i, column)) > Math.abs(start.encode().at(most, column))) {
        most = i;
      }
    }
    return most;
  }
}
