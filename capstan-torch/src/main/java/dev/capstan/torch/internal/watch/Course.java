package dev.capstan.torch.internal.watch;

import java.util.Locale;
import java.util.stream.IntStream;

/**
 * How a run stands by its loss on images that it does not learn from (docs/method.md, section 4.5).
 * A run whose loss rises goes back to its best state and on from there at a lower rate, a few
 * times.
 *
 * @param start the loss before the first step
 * @param best the least one since, that of the state to go back to
 * @param rollBacks how often it went back
 */
public record Course(double start, double best, int rollBacks) {
  /** Images that a run is watched on, at most. */
  public static final int IMAGES = 64;

  /** Looks at a run, evenly spread, beside those after its first few steps. */
  private static final int LOOKS = 8;

  /** A high rate may cost something at first; what loses as much as this does not come back. */
  public static final double RISE = 4;

  /** Losses below it do not matter: of a network hardly changed any rise is manifold. */
  private static final double NEGLIGIBLE = 1e-3;

  private static final double SLOWER = 0.25;
  private static final int MOST_ROLL_BACKS = 4;

  /** Before the first step. */
  public static Course from(double loss) {
    return new Course(loss, loss, 0);
  }

  /** Whether a run is looked at after so many of its steps: soon at first, then evenly spread. */
  public static boolean looksAfter(int done, int steps) {
    int period = Math.max(1, (steps + LOOKS - 1) / LOOKS);
    return Integer.bitCount(done) == 1 || done % period == 0 || done == steps;
  }

  /** How often a run of so many steps is looked at, before its first and after its last one too. */
  public static long looks(int steps) {
    return 2 + IntStream.rangeClosed(1, steps).filter(done -> looksAfter(done, steps)).count();
  }

  /** Whether a loss is so many times the best one, or no number, that the run is lost. */
  public boolean rises(double now, double times) {
    return !(now <= Math.max(NEGLIGIBLE, times * best));
  }

  /** Whether this state is the best one so far. */
  public boolean improves(double now) {
    return now < best;
  }

  /**
   * Whether a run that ends at this loss has nothing for its steps: it has lost by them, or went
   * back to where it began.
   */
  public boolean endsInVain(double now) {
    return rollBacks > 0 ? !(now < start) : !(now <= start);
  }

  /** The same with another best loss: that of a better state, or by another measure. */
  public Course withBest(double now) {
    return new Course(start, now, rollBacks);
  }

  /** The same once it went back. */
  public Course rolledBack() {
    return new Course(start, best, rollBacks + 1);
  }

  /** In words, for whoever waits. */
  public String told(String what, int done, double risen) {
    return String.format(
        Locale.ROOT,
        "%s: after step %d the loss on images held out had risen from %.3g to %.3g: back to the best state, %s",
        what,
        done,
        best,
        risen,
        isLost()
            ? "for the last time"
            : String.format(Locale.ROOT, "on at %.2g of the rate", rate()));
  }

  /** By what the rates of the recipe are multiplied. */
  public double rate() {
    return Math.pow(SLOWER, rollBacks);
  }

  /** Whether going back has helped too rarely to try again. */
  public boolean isLost() {
    return rollBacks >= MOST_ROLL_BACKS;
  }
}
