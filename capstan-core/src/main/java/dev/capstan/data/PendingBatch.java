package dev.capstan.data;

import dev.capstan.error.InvalidInputException;
import dev.capstan.image.Placement;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CancellationException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.ThreadPoolExecutor;

/** A batch that several threads are filling, each its own run of slots. */
final class PendingBatch {
  private final ImageStore store;
  private final Normalizer normalizer;
  private final int elements;
  private final int[] indices;
  private final Placement[] places;
  private final boolean[] filled;
  private final float[] pixels;
  private final List<Future<?>> parts = new ArrayList<>();
  private volatile boolean cancelled;

  PendingBatch(ImageStore store, Normalizer normalizer, int size) {
    this.store = store;
    this.normalizer = normalizer;
    elements = store.preprocessing().elements();
    indices = new int[size];
    places = new Placement[size];
    filled = new boolean[size];
    pixels = new float[Math.multiplyExact(size, elements)];
  }

  /** The number of images asked for. */
  int requested() {
    return indices.length;
  }

  /** Asks for an image. */
  void place(int slot, int index, Placement place) {
    indices[slot] = index;
    places[slot] = place;
  }

  /** Hands the work to the pool, one part a thread. */
  void start(ThreadPoolExecutor pool) {
    int size = indices.length;
    int count = Math.min(size, pool.getMaximumPoolSize());
    for (int part = 0; part < count; part++) {
      int from = (int) ((long) size * part / count);
      int to = (int) ((long) size * (part + 1) / count);
      parts.add(pool.submit(() -> fill(from, to)));
    }
  }

  /** Stops after the images now in work. */
  void cancel() {
    cancelled = true;
  }

  private void fill(int from, int to) {
    for (int slot = from; slot < to && !cancelled; slot++) {
      byte[] image = store.pixels(indices[slot]);
      if (image != null) {
        normalizer.write(image, places[slot], pixels, slot * elements);
        filled[slot] = true;
      }
    }
  }

  /** The finished batch, without the images that are damaged. */
  Batch await() {
    for (Future<?> part : parts) {
      await(part);
    }
    int size = closeGaps();
    int[] kept = Arrays.copyOf(indices, size);
    int[] labels = Arrays.stream(kept).map(store.dataset()::label).toArray();
    float[] values = size == filled.length ? pixels : Arrays.copyOf(pixels, size * elements);
    return new Batch(values, store.preprocessing().shape(size), kept, labels);
  }

  private int closeGaps() {
    int size = 0;
    for (int slot = 0; slot < filled.length; slot++) {
      if (filled[slot]) {
        indices[size] = indices[slot];
        if (size < slot) {
          System.arraycopy(pixels, slot * elements, pixels, size * elements, elements);
        }
        size++;
      }
    }
    return size;
  }

  private static void await(Future<?> part) {
    try {
      part.get();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new CancellationException("interrupted while waiting for images");
    } catch (ExecutionException e) {
      if (e.getCause() instanceof InvalidInputException known) {
        throw known;
      }
      throw new IllegalStateException("an image could not be prepared", e.getCause());
    }
  }
}
