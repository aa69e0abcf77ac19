package dev.capstan.torch.internal.kernel;

import dev.capstan.graph.op.Resize.Coordinates;
import dev.capstan.graph.op.Resize.Rounding;
import dev.capstan.graph.op.Resize.Sampling;

/**
 * Which elements of an axis an interpolation takes, and with which weights: element {@code j} of
 * the output is {@code sum_t weights[t][j] * input[indices[t][j]]}.
 *
 * <p>Positions are computed in single precision, as in ONNX Runtime, so that both round alike.
 *
 * @param indices into the input, one row a tap
 * @param weights the same shape
 */
@SuppressWarnings("ArrayRecordComponent") // made and used at once
record Taps(long[][] indices, float[][] weights) {
  /**
   * The taps of an axis.
   *
   * @param size extent of the input
   * @param extent extent of the output
   * @param scale factor between them
   */
  static Taps of(Sampling sampling, int size, int extent, float scale) {
    int count =
        switch (sampling.mode()) {
          case NEAREST -> 1;
          case LINEAR -> 2;
          case CUBIC -> 4;
        };
    Taps taps = new Taps(new long[count][extent], new float[count][extent]);
    for (int j = 0; j < extent; j++) {
      float x = position(sampling.coordinates(), j, size, extent, scale);
      switch (sampling.mode()) {
        case NEAREST -> taps.put(0, j, nearest(sampling.rounding(), x), 1, size);
        case LINEAR -> taps.linear(j, x, size);
        case CUBIC -> taps.cubic(j, x, size, sampling);
      }
    }
    return taps;
  }

  private static float position(Coordinates way, int j, int size, int extent, float scale) {
    return switch (way) {
      case HALF_PIXEL -> (j + 0.5f) / scale - 0.5f;
      case HALF_PIXEL_SYMMETRIC -> {
        float adjustment = extent / (scale * size);
        float center = size / 2f;
        yield center * (1 - adjustment) + (j + 0.5f) / scale - 0.5f;
      }
      case PYTORCH_HALF_PIXEL -> extent > 1 ? (j + 0.5f) / scale - 0.5f : 0;
      case TF_HALF_PIXEL_FOR_NN -> (j + 0.5f) / scale;
      case ALIGN_CORNERS -> extent == 1 ? 0 : j * (float) (size - 1) / (extent - 1);
      case ASYMMETRIC -> j / scale;
    };
  }

  private static long nearest(Rounding rounding, float x) {
    return switch (rounding) {
      case ROUND_PREFER_FLOOR -> (long) Math.ceil(x - 0.5f);
      case ROUND_PREFER_CEIL -> (long) Math.floor(x + 0.5f);
      case FLOOR -> (long) Math.floor(x);
      case CEIL -> (long) Math.ceil(x);
    };
  }

  private void linear(int j, float x, int size) {
    float inside = Math.max(0, Math.min(x, size - 1));
    long low = (long) inside;
    put(0, j, low, 1 - (inside - low), size);
    put(1, j, low + 1, inside - low, size);
  }

  private void cubic(int j, float x, int size, Sampling sampling) {
    long first = (long) Math.floor(x) - 1;
    float sum = 0;
    for (int tap = 0; tap < 4; tap++) {
      boolean outside = first + tap < 0 || first + tap >= size;
      float weight = cubic(Math.abs(x - (first + tap)), sampling.cubic());
      put(tap, j, first + tap, outside && sampling.excludeOutside() ? 0 : weight, size);
      sum += weights[tap][j];
    }
    for (int tap = 0; tap < 4 && sampling.excludeOutside(); tap++) {
      weights[tap][j] /= sum;
    }
  }

  /** Keys' kernel with coefficient a, at this distance. */
  private static float cubic(float d, float a) {
    return d <= 1 ? ((a + 2) * d - (a + 3)) * d * d + 1 : ((a * d - 5 * a) * d + 8 * a) * d - 4 * a;
  }

  /** Outside of the input its border is repeated. */
  private void put(int tap, int j, long index, float weight, int size) {
    indices[tap][j] = Math.max(0, Math.min(index, size - 1));
    weights[tap][j] = weight;
  }
}
