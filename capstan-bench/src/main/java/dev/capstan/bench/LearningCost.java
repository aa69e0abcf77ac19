package dev.capstan.bench;

import dev.capstan.rank.Ranks;
import dev.capstan.recipe.Compute;
import dev.capstan.space.ChannelSpaces;
import dev.capstan.torch.internal.engine.Execution;
import java.util.Arrays;

/**
 * What a learning step costs beside its parts, measured in turns so that a busy machine hits all
 * alike.
 *
 * @param originalForward median seconds of the original's forward pass
 * @param compressedForwardBackward median seconds of forward and backward of the compressed network
 * @param learningStep median seconds of a learning step, the mean of eight in a row
 * @param residentBefore memory of the process after the first tenth of the rounds, in bytes
 * @param residentAfter memory of the process at the end, in bytes
 */
record LearningCost(
    double originalForward,
    double compressedForwardBackward,
    double learningStep,
    long residentBefore,
    long residentAfter) {

  private static final int WARM_UP = 5;

  /** Learning steps that are timed together: no two in a row do just the same. */
  private static final int STEPS = 8;

  /** Time of a step, relative to the sum of its parts. */
  public double ratio() {
    return learningStep / (originalForward + compressedForwardBackward);
  }

  /**
   * Measures one batch.
   *
   * @param spaces of the network, BatchNorm folded
   * @param pixels the batch, row-major
   * @param shape its extents
   * @param rounds how often each part is run
   */
  static LearningCost measure(
      ChannelSpaces spaces,
      Ranks ranks,
      Compute compute,
      float[] pixels,
      long[] shape,
      int rounds) {
    try (StepTimes times = new StepTimes(spaces, ranks, Execution.of(compute), pixels, shape)) {
      double[][] seconds = new double[3][rounds];
      long before = 0;
      for (int round = -WARM_UP; round < rounds; round++) {
        int slot = Math.max(round, 0);
        seconds[0][slot] = timed(times::originalForward);
        seconds[1][slot] = timed(times::compressedForwardBackward);
        seconds[2][slot] = timed(() -> steps(times)) / STEPS;
        before = round == rounds / 10 ? StepTimes.residentBytes() : before;
      }
      return new LearningCost(
          median(seconds[0]),
          median(seconds[1]),
          median(seconds[2]),
          before,
          StepTimes.residentBytes());
    }
  }

  private static void steps(StepTimes times) {
    for (int i = 0; i < STEPS; i++) {
      times.learningStep();
    }
  }

  private static double timed(Runnable part) {
    long began = System.nanoTime();
    part.run();
    return (System.nanoTime() - began) * 1e-9;
  }

  private static double median(double[] values) {
    double[] sorted = values.clone();
    Arrays.sort(sorted);
    return sorted[sorted.length / 2];
  }
}
