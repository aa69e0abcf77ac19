package dev.capstan.data;

import java.util.stream.IntStream;

/**
 * The images of a store, parted once for all stages of a job.
 *
 * @param seen what stages may learn from
 * @param heldOut what learning is watched on, what decides whether a correction helps, and tells
 *     what was lost where no other images are given for it
 * @param all both together
 */
public record DataSplit(ImageSubset seen, ImageSubset heldOut, ImageSubset all) {
  /** One image in so many is held out. */
  private static final int PERIOD = 20;

  private static final int MOST_HELD_OUT = 1000;

  /** Fewer do not tell two good networks apart, so of a small set up to a fifth is held out. */
  private static final int ENOUGH_HELD_OUT = 200;

  private static final int LARGEST_SHARE = 5;

  /**
   * Five percent of a store are held out, 1,000 images at most and 200 at least, or a fifth of it,
   * spread evenly: where classes lie one after the other, each gives its share. A single image is
   * seen and held out alike.
   */
  public static DataSplit of(ImageStore store) {
    ImageSubset all = ImageSubset.all(store);
    int size = all.size();
    if (size < 2) {
      return undivided(all);
    }
    int enough = Math.min(ENOUGH_HELD_OUT, Math.max(1, size / LARGEST_SHARE));
    int count = Math.min(MOST_HELD_OUT, Math.max(enough, size / PERIOD));
    int[] heldOut = IntStream.range(0, count).map(i -> at(i, count, size)).toArray();
    int[] seen = IntStream.range(0, size).filter(index -> !isHeldOut(index, count, size)).toArray();
    return new DataSplit(ImageSubset.of(store, seen), ImageSubset.of(store, heldOut), all);
  }

  /** Images of which none are held out: all are seen. */
  public static DataSplit undivided(ImageSubset images) {
    return new DataSplit(images, images, images);
  }

  /** The same where all images may be learned from, those held out too. */
  public DataSplit seeingAll() {
    return new DataSplit(all, heldOut, all);
  }

  private static int at(int i, int count, int size) {
    return (int) ((2L * i + 1) * size / (2L * count));
  }

  private static boolean isHeldOut(int index, int count, int size) {
    int near = (int) ((long) index * count / size);
    return at(near, count, size) == index;
  }
}
