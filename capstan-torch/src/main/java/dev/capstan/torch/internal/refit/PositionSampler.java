package dev.capstan.torch.internal.refit;

import java.util.SplittableRandom;
import org.bytedeco.pytorch.LongOptional;
import org.bytedeco.pytorch.Tensor;

/**
 * The positions of an image that give equations: all of a small image; of a large one, whose
 * neighbours say nearly the same, every few along each axis.
 *
 * @param step distance between positions
 * @param seed of where the grid begins
 */
record PositionSampler(long step, long seed) {
  /** Positions an image, at most. */
  static final int MOST = 1024;

  /**
   * A grid over an image.
   *
   * @param output what a layer gives: N x C x D...
   */
  static PositionSampler over(Tensor output, long seed) {
    long step = 1;
    while (positions(output, step) > MOST) {
      step++;
    }
    return new PositionSampler(step, seed);
  }

  /** Positions that are left of each image. */
  private static long positions(Tensor output, long step) {
    long positions = 1;
    for (int axis = 2; axis < output.dim(); axis++) {
      positions *= (output.size(axis) + step - 1) / step;
    }
    return positions;
  }

  /** The grid's positions of a tensor whose axes from 2 on, {@code spatial} of them, have them. */
  Tensor of(Tensor tensor, long spatial) {
    SplittableRandom random = new SplittableRandom(seed);
    Tensor thinned = tensor;
    for (int axis = 2; axis < 2 + spatial && step > 1; axis++) {
      long from = random.nextLong(Math.min(step, tensor.size(axis)));
      thinned = thinned.slice(axis, new LongOptional(from), new LongOptional(), step);
    }
    return thinned;
  }

  /** A row of channels for each image and position of the grid: {@code (N D...) x C}. */
  Tensor rows(Tensor tensor) {
    Tensor last = of(tensor, tensor.dim() - 2).movedim(1, -1);
    return last.reshape(-1, tensor.size(1));
  }
}
