package dev.capstan.data;

import dev.capstan.error.InvalidInputException;
import dev.capstan.graph.Shape;
import dev.capstan.image.Augmentation.Placement;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CancellationException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.stream.LongStream;

/** A batch that several threads are filling, each its own run of slots. */
final class PendingBatch {
  private final ImageStore store;
  private final Feed feed;
  private final int[] indices;
  private final Placement[] places;
  private final boolean[] filled;
  private final float[][] values;
  private final List<Future<?>> parts = new ArrayList<>();
  private volatile boolean cancelled;

  PendingBatch(ImageStore store, int size) {
    this.store = store;
    this.feed = store.feed();
    indices = new int[size];
    places = new Placement[size];
    filled = new boolean[size];
    values =
        feed.shapes().stream()
            .map(shape -> new float[elements(size, shape)])
            .toArray(float[][]::new);
  }

  private static int elements(int size, Shape shape) {
    long most = Integer.MAX_VALUE / Math.max(1, size);
    if (shape.elements() > most) {
      throw new InvalidInputException(
          "a batch of %d inputs of %s is too large, at most %d numbers each can be had: make them smaller (setting 'crop'), or the batch"
              .formatted(size, shape, most));
    }
    return Math.toIntExact(size * shape.elements());
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
      byte[] image = store.read(indices[slot]);
      if (image != null) {
        feed.write(image, places[slot], values, slot);
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
    List<Batch.Input> inputs = new ArrayList<>();
    for (int i = 0; i < values.length; i++) {
      inputs.add(input(values[i], feed.shapes().get(i), size));
    }
    return new Batch(inputs, kept, labels);
  }

  private static Batch.Input input(float[] values, Shape row, int size) {
    int elements = size * (int) row.elements();
    long[] shape = LongStream.concat(LongStream.of(size), LongStream.of(row.sizes())).toArray();
    return new Batch.Input(
        values.length == elements ? values : Arrays.copyOf(values, elements), shape);
  }

  private int closeGaps() {
    int size = 0;
    for (int slot = 0; slot < filled.length; slot++) {
      if (filled[slot]) {
        indices[size] = indices[slot];
        move(slot, size++);
      }
    }
    return size;
  }

  private void move(int from, int to) {
    for (int i = 0; from != to && i < values.length; i++) {
      int row = values[i].length / filled.length;
      System.arraycopy(values[i], from * row, values[i], to * row, row);
    }
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
