package dev.capstan.rank.allocate;

import java.util.Comparator;
import java.util.PriorityQueue;
import java.util.stream.IntStream;

/**
 * Moves the space next whose rise is the best bargain for the cost, down until a budget is kept or
 * up as long as it is.
 *
 * <p>A bargain only gets worse while others move the same way: narrower neighbours leave less to
 * save, wider ones cost more. So one that was worked out before is looked at again only when it
 * comes first.
 */
final class Greedy {
  /** No space stays. */
  static final int NONE = -1;

  /** Moving a space to a level; of two, the one with the lower price comes first. */
  private record Move(int space, int level, double price) {}

  private static final Comparator<Move> CHEAPEST =
      Comparator.comparingDouble(Move::price).thenComparingInt(Move::space);

  private final Choices choices;
  private final int[] levels;
  private final PriorityQueue<Move> moves = new PriorityQueue<>(CHEAPEST);

  private Greedy(Choices choices, int[] levels) {
    this.choices = choices;
    this.levels = levels.clone();
  }

  /**
   * From these levels down until the budget is kept, or all are at their smallest.
   *
   * @param fixed the space that stays, {@link #NONE} for none
   */
  static int[] down(Choices choices, int[] levels, int fixed) {
    Greedy greedy = new Greedy(choices, levels);
    greedy.run(-1, fixed);
    return greedy.levels;
  }

  /** From levels that keep the budget up as long as others do. */
  static int[] up(Choices choices, int[] levels, int fixed) {
    Greedy greedy = new Greedy(choices, levels);
    greedy.run(1, fixed);
    return greedy.levels;
  }

  private void run(int direction, int fixed) {
    double cost = choices.cost(levels);
    IntStream.range(0, choices.count())
        .filter(space -> space != fixed)
        .forEach(space -> push(space, direction, cost));
    double current = cost;
    while (!moves.isEmpty() && (direction > 0 || !choices.fits(current))) {
      Move first = moves.remove();
      Move fresh = move(first.space(), first.level(), current);
      double after = choices.cost(levels, first.space(), first.level());
      if (direction > 0 && !choices.fits(after)) {
        retry(fresh, current);
      } else if (!moves.isEmpty() && CHEAPEST.compare(fresh, moves.peek()) > 0) {
        moves.add(fresh);
      } else {
        levels[first.space()] = first.level();
        current = after;
        push(first.space(), direction, current);
      }
    }
  }

  private void push(int space, int direction, double cost) {
    int level = direction < 0 ? cheapestBelow(space) : cheapestAbove(space);
    if (level >= 0) {
      moves.add(move(space, level, cost));
    }
  }

  /** A rise that does not fit may fit in part. */
  private void retry(Move tooFar, double cost) {
    int nearer = levels[tooFar.space()] + 1;
    if (nearer < tooFar.level()) {
      moves.add(move(tooFar.space(), nearer, cost));
    }
  }

  private Move move(int space, int level, double cost) {
    double saved = cost - choices.cost(levels, space, level);
    double rise = choices.rise(space, level) - choices.rise(space, levels[space]);
    return new Move(space, level, price(rise, saved));
  }

  /**
   * Rise for each unit saved; upwards both are negative, and what falls most for it comes first.
   */
  private static double price(double rise, double saved) {
    if (saved > 0) {
      return rise / saved;
    }
    if (rise < 0) {
      return saved < 0 ? -rise / saved : Double.NEGATIVE_INFINITY;
    }
    // A loss for nothing.
    return Double.POSITIVE_INFINITY;
  }

  /** The level below with the flattest way down, the nearest of equals, -1 at the bottom. */
  private int cheapestBelow(int space) {
    int from = levels[space];
    int best = from - 1;
    for (int level = from - 2; level >= 0; level--) {
      if (-choices.slope(space, from, level) < -choices.slope(space, from, best)) {
        best = level;
      }
    }
    return best;
  }

  /** The level above with the steepest fall, the nearest of equals, -1 if nothing falls. */
  private int cheapestAbove(int space) {
    int from = levels[space];
    int best = from;
    double steepest = 0;
    for (int level = from + 1; level <= choices.top(space); level++) {
      double slope = choices.slope(space, from, level);
      if (slope < steepest) {
        steepest = slope;
        best = level;
      }
    }
    return best == from ? -1 : best;
  }
}
