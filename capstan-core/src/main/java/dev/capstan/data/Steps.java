package dev.capstan.data;

import java.util.ArrayList;
import java.util.List;

/**
 * Steps over an order, of each what one process has to look at. All processes have the same number
 * of steps, and a step has the same images whatever their number. Owns the loader until closed.
 */
public final class Steps implements AutoCloseable {
  private final Batches batches;
  private long passed;

  Steps(Batches batches) {
    this.batches = batches;
  }

  /** Whether another step comes. */
  public boolean hasNext() {
    return passed < count();
  }

  /**
   * This process's micro-batches of the next step, those that have an image; none where other
   * processes have them all, or all images are damaged.
   */
  public List<Batch> next() {
    List<Batch> own = new ArrayList<>();
    for (Batch part = batches.nextPart(passed); part != null; part = batches.nextPart(passed)) {
      if (part.size() > 0) {
        own.add(part);
      }
    }
    passed++;
    return own;
  }

  /** The number of steps of the whole order. */
  public long count() {
    return batches.count();
  }

  /** How many steps were given out. */
  public long passed() {
    return passed;
  }

  @Override
  public void close() {
    batches.close();
  }
}
