package dev.capstan.distance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

/** The error against its formula. */
class OutputErrorTest {
  private static float[] gaussian(long seed, int count) {
    SplittableRandom random = new SplittableRandom(seed);
    float[] values = new float[count];
    for (int i = 0; i < count; i++) {
      values[i] = (float) (5 + random.nextGaussian());
    }
    return values;
  }

  @Test
  void followsTheFormulaWhateverTheBatches() {
    int images = 12;
    int length = 7;
    float[] original = gaussian(1, images * length);
    float[] found = gaussian(2, images * length);
    double above = 0;
    double below = 0;
    for (int i = 0; i < length; i++) {
      double mean = 0;
      for (int image = 0; image < images; image++) {
        mean += original[image * length + i] / (double) images;
      }
      for (int image = 0; image < images; image++) {
        int at = image * length + i;
        above += Math.pow(found[at] - original[at], 2);
        below += Math.pow(original[at] - mean, 2);
      }
    }
    OutputError whole = new OutputError();
    whole.add(original, found, images);
    OutputError parts = new OutputError();
    for (int from = 0; from < images; from += 3) {
      parts.add(
          part(original, from * length, 3 * length), part(found, from * length, 3 * length), 3);
    }

    assertThat(whole.relative()).isCloseTo(Math.sqrt(above / below), within(1e-6));
    assertThat(parts.relative()).isCloseTo(whole.relative(), within(1e-9));
  }

  private static float[] part(float[] values, int from, int count) {
    return java.util.Arrays.copyOfRange(values, from, from + count);
  }

  @Test
  void theMeanOverTheImagesIsOffByOne() {
    OutputError error = new OutputError();
    error.add(new float[] {1, 2, 3}, new float[] {2, 2, 2}, 3);

    assertThat(error.relative()).isCloseTo(1, within(1e-12));
  }

  @Test
  void whatDoesNotVaryIsMeasuredByItsNorm() {
    OutputError error = new OutputError();
    error.add(new float[] {4, 4, 4, 4}, new float[] {4, 4, 4, 6}, 4);

    assertThat(error.relative()).isCloseTo(Math.sqrt(4.0 / 64), within(1e-12));
  }

  @Test
  void whatOneLacksCountsAsZero() {
    OutputError error = new OutputError();
    error.add(new float[] {1, 2}, new float[] {1}, 1);
    error.add(new float[] {3}, new float[] {3, 4}, 1);

    assertThat(error.relative()).isCloseTo(Math.sqrt(20 / (14 - (16.0 + 4) / 2)), within(1e-12));
  }

  @Test
  void noNumberIsTheLargestError() {
    OutputError error = new OutputError();
    assertThat(error.relative()).isZero();
    error.add(new float[] {1, 2}, new float[] {Float.NaN, 2}, 2);

    assertThat(error.relative()).isEqualTo(1e9);
  }
}
