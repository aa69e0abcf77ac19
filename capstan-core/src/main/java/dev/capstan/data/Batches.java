package dev.capstan.data;

import dev.capstan.error.InvalidInputException;
import dev.capstan.image.Augmentation;
import java.util.ArrayDeque;
import java.util.Iterator;
import java.util.NoSuchElementException;
import java.util.Queue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * The batches of an order, prepared ahead of their use.
 *
 * <p>Batch b holds the images at positions b x batchSize to (b + 1) x batchSize of the order, less
 * the damaged ones, whatever the number of threads; of a batch that is divided it gives the parts
 * of one process ({@link Division}). At most {@value #AHEAD} batches are under way at a time, each
 * cut into a part a thread. For one consuming thread; {@link #close} ends the loader's threads,
 * which never keep the process alive.
 */
public final class Batches implements Iterator<Batch>, AutoCloseable {
  private static final int AHEAD = 4;

  private final ImageStore store;
  private final Order order;
  private final Augmentation augmentation;
  private final int batchSize;
  private final Division division;
  private final ThreadPoolExecutor pool;
  private final Queue<Part> pending = new ArrayDeque<>();
  private long number;
  private int part;
  private long epoch = -1;
  private int[] permutation = {};
  private long damaged;
  private long passed;
  private @Nullable Batch ready;

  /**
   * A batch under way.
   *
   * @param of number of the batch that it is a part of
   */
  private record Part(long of, PendingBatch images) {}

  Batches(
      ImageStore store,
      Order order,
      Augmentation augmentation,
      int batchSize,
      Division division,
      int threads) {
    if (batchSize < 1 || threads < 1) {
      throw new IllegalArgumentException("batch of " + batchSize + ", " + threads + " threads");
    }
    store.feed().check(augmentation);
    this.store = store;
    this.order = order;
    this.augmentation = augmentation;
    this.batchSize = batchSize;
    this.division = division;
    this.part = division.process();
    this.pool = pool(threads);
  }

  private static ThreadPoolExecutor pool(int threads) {
    ThreadPoolExecutor pool =
        new ThreadPoolExecutor(
            threads,
            threads,
            1,
            TimeUnit.SECONDS,
            new LinkedBlockingQueue<>(),
            task -> {
              Thread thread = new Thread(task, "capstan-images");
              thread.setDaemon(true);
              return thread;
            });
    pool.allowCoreThreadTimeOut(true);
    return pool;
  }

  /**
   * Whether another batch comes; waits for it.
   *
   * @throws InvalidInputException if an image does not fit the network, or more than half of the
   *     images are damaged
   */
  @Override
  public boolean hasNext() {
    prepareAhead();
    while (ready == null && !pending.isEmpty()) {
      Batch batch = take();
      if (batch.size() > 0) {
        ready = batch;
      }
    }
    return ready != null;
  }

  /** The next batch, whatever is damaged of it; there must be one. */
  private Batch take() {
    PendingBatch head = pending.remove().images();
    Batch batch = head.await();
    passed++;
    prepareAhead();
    countDamaged(head.requested() - batch.size());
    return batch;
  }

  /**
   * The next part of a batch, perhaps without an image; null where no more parts are this one's.
   */
  @Nullable Batch nextPart(long ofBatch) {
    prepareAhead();
    Part head = pending.peek();
    return head == null || head.of() != ofBatch ? null : take();
  }

  @Override
  public Batch next() {
    Batch next = hasNext() ? ready : null;
    if (next == null) {
      throw new NoSuchElementException("no more batches");
    }
    ready = null;
    return next;
  }

  /** The number of batches of the whole order, damaged images or not. */
  public long count() {
    return (order.images() + batchSize - 1) / batchSize;
  }

  /** How far the order is, in batches: those handed out, and those of damaged images alone. */
  public long passed() {
    return passed;
  }

  private void prepareAhead() {
    while (pending.size() < AHEAD && number < count() && !pool.isShutdown()) {
      if (part < division.microBatches()) {
        prepare(part);
        part += division.processes();
      } else {
        number++;
        part = division.process();
      }
    }
  }

  private void prepare(int microBatch) {
    long first = order.first() + number * batchSize;
    long from = first + division.begin(microBatch, batchSize);
    long to = Math.min(order.end(), first + division.begin(microBatch + 1, batchSize));
    if (from < to) {
      PendingBatch batch = new PendingBatch(store, (int) (to - from));
      for (int slot = 0; slot < to - from; slot++) {
        place(batch, slot, from + slot);
      }
      batch.start(pool);
      pending.add(new Part(number, batch));
    }
  }

  private void place(PendingBatch batch, int slot, long at) {
    if (order.epochAt(at) != epoch) {
      epoch = order.epochAt(at);
      permutation = order.epoch(epoch);
    }
    int index = permutation[order.offsetAt(at)];
    Augmentation changes = augmentation.at(at, order.end());
    batch.place(slot, index, store.feed().place(changes, epoch, index));
  }

  private void countDamaged(int more) {
    damaged += more;
    if (2 * damaged * division.processes() > order.images()) {
      throw new InvalidInputException(
          "more than half of the %d images cannot be read, the first is %s"
              .formatted(order.images(), store.skipped().get(0)));
    }
  }

  /** Stops preparing and waits for the images now being decoded: nothing is read afterwards. */
  @Override
  public void close() {
    // Threads are not interrupted: that would look like a damaged image to the store they share.
    pool.getQueue().clear();
    pool.shutdown();
    pending.forEach(batch -> batch.images().cancel());
    pending.clear();
    try {
      pool.awaitTermination(1, TimeUnit.MINUTES);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
