package dev.capstan.data;

import dev.capstan.random.Randomness;
import java.util.SplittableRandom;
import java.util.stream.IntStream;

/**
 * Which image comes when, over as many epochs as it takes.
 *
 * <p>A shuffled epoch is a permutation that depends on (seed, epoch) alone, not on batch size,
 * threads or memory. It is made as a stream would be shuffled: blocks of {@value #BLOCK} neighbours
 * are permuted, then drawn at random through a window of {@value #WINDOW} images. So sets too large
 * for memory are read in long runs, and sets up to a window are shuffled evenly.
 */
public final class Order {
  private static final int BLOCK = 64;
  private static final int WINDOW = 1 << 14;

  private final int[] indices;
  private final boolean shuffled;
  private final long seed;
  private final long first;
  private final long end;

  private Order(int[] indices, boolean shuffled, long seed, long first, long end) {
    this.indices = indices;
    this.shuffled = shuffled;
    this.seed = seed;
    this.first = first;
    this.end = end;
  }

  /** All images of a set once, one after the other. */
  public static Order sequential(Dataset dataset) {
    return sequential(IntStream.range(0, dataset.size()).toArray());
  }

  /** These images once, one after the other. */
  public static Order sequential(int[] indices) {
    return new Order(indices.clone(), false, 0, 0, indices.length);
  }

  /** All images of a set once, shuffled; {@link #limit} makes it fewer or more than one epoch. */
  public static Order shuffled(Dataset dataset, long seed) {
    return shuffled(IntStream.range(0, dataset.size()).toArray(), seed);
  }

  /** These images once, shuffled; {@link #limit} makes it fewer or more than one epoch. */
  public static Order shuffled(int[] indices, long seed) {
    return new Order(indices.clone(), true, seed, 0, indices.length);
  }

  /** The same, ending after this many images in all, which may be several epochs. */
  public Order limit(long images) {
    if (images < 0 || (images > 0 && indices.length == 0)) {
      throw new IllegalArgumentException(images + " images of " + indices.length);
    }
    return new Order(indices, shuffled, seed, first, images);
  }

  /** The same without its first {@code images}: where an interrupted run goes on. */
  public Order skip(long images) {
    return new Order(indices, shuffled, seed, Math.min(end, first + images), end);
  }

  /** The number of images that come. */
  public long images() {
    return Math.max(0, end - first);
  }

  long first() {
    return first;
  }

  long end() {
    return end;
  }

  /** The epoch that the image at a position belongs to. */
  long epochAt(long position) {
    return position / indices.length;
  }

  /** The place of a position in its epoch. */
  int offsetAt(long position) {
    return (int) (position % indices.length);
  }

  /** The images of an epoch in their order. */
  int[] epoch(long epoch) {
    if (!shuffled) {
      return indices;
    }
    SplittableRandom random = Randomness.of(seed, epoch);
    return throughWindow(blockwise(random), random);
  }

  private int[] blockwise(SplittableRandom random) {
    int[] blocks = IntStream.range(0, (indices.length + BLOCK - 1) / BLOCK).toArray();
    for (int i = blocks.length - 1; i > 0; i--) {
      swap(blocks, i, random.nextInt(i + 1));
    }
    int[] ordered = new int[indices.length];
    int to = 0;
    for (int block : blocks) {
      int length = Math.min(BLOCK, indices.length - block * BLOCK);
      System.arraycopy(indices, block * BLOCK, ordered, to, length);
      to += length;
    }
    return ordered;
  }

  private static int[] throughWindow(int[] ordered, SplittableRandom random) {
    for (int i = 0; i < ordered.length - 1; i++) {
      swap(ordered, i, i + random.nextInt(Math.min(WINDOW, ordered.length - i)));
    }
    return ordered;
  }

  private static void swap(int[] values, int i, int j) {
    int kept = values[i];
    values[i] = values[j];
    values[j] = kept;
  }
}
