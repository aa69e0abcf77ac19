package dev.capstan.torch.internal.distributed;

import dev.capstan.data.Batch;
import java.util.function.IntConsumer;

/**
 * Sums over batches of images, to which any process can add what its batches give. They need not
 * know which these are: {@link Summation} does.
 *
 * <p>May own native memory until closed.
 */
public interface BatchSums extends AutoCloseable {
  /** What another process makes the same of, as they are before their first batch. */
  Parcel told();

  /**
   * Adds a batch.
   *
   * @param first place of its first image among all, damaged ones included
   */
  void add(Batch batch, long first);

  /** In how many parts a batch is added that are told as they are done. */
  default int parts() {
    return 1;
  }

  /**
   * Adds a batch.
   *
   * @param done is told how many of the parts are
   */
  default void add(Batch batch, long first, IntConsumer done) {
    add(batch, first);
  }

  /**
   * Ends a step, in which each process has added one batch at most.
   *
   * @param passed batches that all of them have passed so far
   */
  default void endStep(ProcessGroup group, long passed) {}

  /** Puts the sums over all processes in the place of this one's; large ones one by one. */
  void total(ProcessGroup group);

  @Override
  default void close() {}
}
