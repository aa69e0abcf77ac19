package dev.capstan.data;

import java.util.stream.IntStream;

/**
 * The images of a set, parted: those that stages see, and those that tell whether a correction
 * helps.
 *
 * @param seen indices of the one part
 * @param heldOut indices of the other, empty where nothing has to be decided
 */
@SuppressWarnings("ArrayRecordComponent") // handed on, never compared
public record DataSplit(int[] seen, int[] heldOut) {
  /** One image in so many is held out. */
  private static final int PERIOD = 20;

  private static final int MOST_HELD_OUT = 1000;

  /** Fewer do not tell two good networks apart, so of a small set up to a fifth is held out. */
  private static final int ENOUGH_HELD_OUT = 200;

  private static final int LARGEST_SHARE = 5;

  /** All images of a set are seen. */
  public static DataSplit whole(int size) {
    return new DataSplit(IntStream.range(0, size).toArray(), new int[0]);
  }

  /**
   * Five percent of a set are held out, 1,000 images at most and 200 at least, or a fifth of it,
   * spread evenly: where classes lie one after the other, each gives its share.
   */
  public static DataSplit of(int size) {
    if (size < 2) {
      return new DataSplit(whole(size).seen, whole(size).seen);
    }
    int enough = Math.min(ENOUGH_HELD_OUT, Math.max(1, size / LARGEST_SHARE));
    int count = Math.min(MOST_HELD_OUT, Math.max(enough, size / PERIOD));
    int[] heldOut = IntStream.range(0, count).map(i -> at(i, count, size)).toArray();
    int[] seen = IntStream.range(0, size).filter(index -> !isHeldOut(index, count, size)).toArray();
    return new DataSplit(seen, heldOut);
  }

  private static int at(int i, int count, int size) {
    return (int) ((2L * i + 1) * size / (2L * count));
  }

  private static boolean isHeldOut(int index, int count, int size) {
    int near = (int) ((long) index * count / size);
    return at(near, count, size) == index;
  }
}
