package dev.capstan.pipeline.evidence;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

/** What noise costs. */
final class NoisyOutputsTest {
  /** Two classes, ahead of each other by {@code margin} in turns. */
  private static NoisyOutputs twoClasses(double margin, int images) {
    List<float[]> outputs = new ArrayList<>();
    int[] wanted = new int[images];
    for (int i = 0; i < images; i++) {
      float ahead = (float) (i % 2 == 0 ? margin : -margin);
      outputs.add(new float[] {ahead, 0});
      wanted[i] = i % 2;
    }
    return new NoisyOutputs(outputs, wanted);
  }

  /**
   * The outputs' deviation is that of one column, {@code m / sqrt 2}; noise of this times e in both
   * turns the order round with the probability {@code Phi(-m / (e m))}.
   */
  @Test
  void isTheProbabilityThatNoiseIsLarger() {
    NoisyOutputs noisy = twoClasses(3, 4000);

    assertThat(noisy.lost(0)).isZero();
    assertThat(noisy.lost(1)).isCloseTo(0.1587, within(0.01));
    assertThat(noisy.lost(2)).isCloseTo(0.3085, within(0.01));
  }

  @Test
  void moreNoiseCostsMore() {
    SplittableRandom random = new SplittableRandom(1);
    List<float[]> outputs = new ArrayList<>();
    int[] wanted = new int[300];
    for (int i = 0; i < wanted.length; i++) {
      float[] one = new float[10];
      for (int k = 0; k < one.length; k++) {
        one[k] = (float) random.nextGaussian();
      }
      wanted[i] = random.nextInt(10);
      one[wanted[i]] += 4;
      outputs.add(one);
    }
    NoisyOutputs noisy = new NoisyOutputs(outputs, wanted);

    double before = -1;
    for (double error : List.of(0.0, 0.25, 0.5, 1.0, 2.0)) {
      assertThat(noisy.lost(error)).isGreaterThan(before);
      before = noisy.lost(error);
    }
  }

  /** Half of them are wrong: as many are won as are lost. */
  @Test
  void whatIsWonIsTakenOff() {
    NoisyOutputs wrong = new NoisyOutputs(twoClasses(1, 200).outputs(), new int[200]);

    assertThat(wrong.lost(1)).isCloseTo(0, within(0.05));
  }
}
