package dev.capstan.data;

import dev.capstan.image.Augmentation;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.stream.IntStream;
import java.util.zip.CRC32;

/** Some images of a store, in an order: what a stage may see, and nothing else. Immutable. */
public final class ImageSubset {
  private final ImageStore store;
  private final int[] indices;

  private ImageSubset(ImageStore store, int[] indices) {
    this.store = store;
    this.indices = indices;
  }

  /** All images of a store, in its order. */
  public static ImageSubset all(ImageStore store) {
    return new ImageSubset(store, IntStream.range(0, store.dataset().size()).toArray());
  }

  /**
   * Some images of a store.
   *
   * @param indices where they stand in its set, in the order that is wanted
   */
  public static ImageSubset of(ImageStore store, int... indices) {
    return new ImageSubset(store, indices.clone());
  }

  /** What holds the images. */
  public ImageStore store() {
    return store;
  }

  /** The set that the images belong to. */
  public Dataset dataset() {
    return store.dataset();
  }

  /** Whether the images have labels. */
  public boolean isLabelled() {
    return dataset().isLabelled();
  }

  /** The number of images. */
  public int size() {
    return indices.length;
  }

  /** Whether there are none. */
  public boolean isEmpty() {
    return indices.length == 0;
  }

  /** Where the images stand in their set. */
  public int[] indices() {
    return indices.clone();
  }

  /** A number that tells other choices of images apart: a checkpoint's identity holds it. */
  public int fingerprint() {
    return Arrays.hashCode(indices);
  }

  /** A hash of where the images come from and how many there are, in hexadecimal. */
  public String names() {
    CRC32 sum = new CRC32();
    for (int index : indices) {
      sum.update(store.dataset().name(index).getBytes(StandardCharsets.UTF_8));
      sum.update('\n');
    }
    return "%08x of %d".formatted(sum.getValue(), indices.length);
  }

  /** The first {@code most} images of these, shuffled by a seed; all of them if there are fewer. */
  public ImageSubset sample(int most, long seed) {
    int[] shuffled = Order.shuffled(indices, seed).epoch(0);
    return new ImageSubset(store, Arrays.copyOf(shuffled, Math.min(most, shuffled.length)));
  }

  /** All images once, one after the other. */
  public Order inOrder() {
    return Order.sequential(indices);
  }

  /** All images shuffled; {@link Order#limit} makes it fewer or more than one epoch. */
  public Order shuffled(long seed) {
    return Order.shuffled(indices, seed);
  }

  /**
   * The images in batches, one after the other, as they are.
   *
   * @param size images a batch; the last one may be smaller
   * @param threads that prepare them
   */
  public Batches batches(int size, int threads) {
    return batches(inOrder(), size, threads);
  }

  /**
   * The images in batches, as they are.
   *
   * @param order in which they come: {@link #inOrder}, {@link #shuffled} or what became of these
   */
  public Batches batches(Order order, int size, int threads) {
    return store.batches(order, Augmentation.NONE, size, threads);
  }

  /**
   * The images in steps, as they are.
   *
   * @param order as for {@link #batches}
   * @param size images of a step
   */
  public Steps steps(Order order, int size, Division division, int threads) {
    return store.steps(order, Augmentation.NONE, size, division, threads);
  }
}
