package dev.capstan.rank;

import dev.capstan.space.Space;
import java.util.stream.IntStream;

/**
 * The ranks worth considering: n itself and the multiples of the channel multiple below it.
 * Inference engines work in blocks of channels, so ranks off the grid buy nothing.
 *
 * @param multiple the channel multiple, 0 for the default: 8, or 4 under 64 channels
 * @param minimum no rank is smaller, unless the width is
 */
public record RankGrid(int multiple, int minimum) {
  /** The default multiples. */
  public static final RankGrid DEFAULT = new RankGrid(0, 1);

  /** Checks the numbers. */
  public RankGrid {
    if (multiple < 0 || minimum < 1) {
      throw new IllegalArgumentException(
          "channel multiple %d, minimum rank %d".formatted(multiple, minimum));
    }
  }

  /** A multiple of the space's groups too: each keeps as many channels. */
  private int multiple(Space space) {
    int wanted = multiple > 0 ? multiple : space.width() < 64 ? 4 : 8;
    int common = wanted;
    while (common % space.groups().count() != 0) {
      common += wanted;
    }
    return common;
  }

  /** The smallest rank on the grid. */
  public int smallest(Space space) {
    int step = multiple(space);
    return Math.min((minimum + step - 1) / step * step, space.width());
  }

  /** The grid point nearest to {@code ratio * n}, the larger one of two; ratios are 0 to 1. */
  public int nearest(Space space, double ratio) {
    double wanted = ratio * space.width();
    int step = multiple(space);
    int below = Math.max(smallest(space), ((int) (wanted / step)) * step);
    // The last step may be a short one: n need not be a multiple.
    int above = above(space, below);
    return wanted - below < above - wanted ? below : above;
  }

  /** The next larger grid point, the rank itself at the top. */
  public int above(Space space, int rank) {
    int step = multiple(space);
    return Math.min((rank / step + 1) * step, space.width());
  }

  /** All grid points, ascending, the width last. */
  public int[] ranks(Space space) {
    IntStream below =
        IntStream.iterate(
            smallest(space), rank -> rank < space.width(), rank -> above(space, rank));
    return IntStream.concat(below, IntStream.of(space.width())).toArray();
  }
}
