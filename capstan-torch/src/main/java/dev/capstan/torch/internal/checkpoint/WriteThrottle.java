package dev.capstan.torch.internal.checkpoint;

/**
 * When to write a state again: so rarely that writing takes little of the time.
 *
 * <p>Not thread-safe.
 */
public final class WriteThrottle {
  private static final long LEAST = 50_000_000L;

  private final long least;
  private final int share;
  private long last = System.nanoTime();
  private long took;

  private WriteThrottle(long least, int share) {
    this.least = least;
    this.share = share;
  }

  /** At most twenty times a second, and 3 % of the time. */
  public static WriteThrottle sparing() {
    return new WriteThrottle(LEAST, 33);
  }

  /** Whenever it is asked. */
  public static WriteThrottle always() {
    return new WriteThrottle(0, 0);
  }

  /** Writes if it is time to. */
  public void write(Runnable writing) {
    long begun = System.nanoTime();
    if (begun - last >= Math.max(least, share * took)) {
      writing.run();
      last = System.nanoTime();
      took = last - begun;
    }
  }
}
