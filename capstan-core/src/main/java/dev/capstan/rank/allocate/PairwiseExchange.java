package dev.capstan.rank.allocate;

/**
 * Local search: a space goes up and another one pays for it, or one moves and several others make
 * up for it, as long as that lowers the summed rise.
 */
final class PairwiseExchange {
  /** Improvements below this share of the rise are not worth a pass. */
  private static final double LEAST = 1e-6;

  /** Spaces up to which it pays to let several make up for one: many have finer steps anyway. */
  private static final int FEW = 100;

  /** Levels that a space is moved at most when several others make up for it. */
  private static final int FARTHEST = 4;

  private final Choices choices;
  private int[] levels;

  private PairwiseExchange(Choices choices, int[] levels) {
    this.choices = choices;
    this.levels = levels;
  }

  /** Levels that no exchange improves, from some that keep the budget. */
  static int[] improve(Choices choices, int[] levels) {
    PairwiseExchange exchange =
        new PairwiseExchange(choices, Greedy.up(choices, levels, Greedy.NONE));
    while (exchange.pass() || exchange.chains()) {
      exchange.levels = Greedy.up(choices, exchange.levels, Greedy.NONE);
    }
    return exchange.levels;
  }

  /** Tries every pair once; whether one of them helped. */
  private boolean pass() {
    boolean improved = false;
    for (int up = 0; up < choices.count(); up++) {
      // Steps of one, two, four ... levels: near and far, few of them.
      int step = 1;
      while (levels[up] + step <= choices.top(up)) {
        boolean helped = paidByOne(up, levels[up] + step);
        improved |= helped;
        step = helped ? 1 : 2 * step;
      }
    }
    return improved;
  }

  private boolean paidByOne(int up, int level) {
    double gain = choices.rise(up, levels[up]) - choices.rise(up, level);
    double least = LEAST * choices.rise(levels);
    for (int down = 0; down < choices.count() && gain > least; down++) {
      int lowest = down == up ? levels[down] : lowest(down, gain - least);
      if (lowest < levels[down] && exchange(up, level, down, lowest)) {
        return true;
      }
    }
    return false;
  }

  /** The lowest level whose rise stays below a gain. */
  private int lowest(int space, double gain) {
    int lowest = levels[space];
    double now = choices.rise(space, lowest);
    while (lowest > 0 && choices.rise(space, lowest - 1) - now < gain) {
      lowest--;
    }
    return lowest;
  }

  /** Exchanges if the budget is kept, going down no further than it needs. */
  private boolean exchange(int up, int level, int down, int lowest) {
    int[] changed = levels.clone();
    changed[up] = level;
    changed[down] = lowest;
    if (!choices.fits(choices.cost(changed))) {
      return false;
    }
    while (changed[down] < levels[down]
        && choices.fits(choices.cost(changed, down, changed[down] + 1))) {
      changed[down]++;
    }
    levels = changed;
    return true;
  }

  /** Moves each space and lets any number of others make up for it; whether a move helped. */
  private boolean chains() {
    boolean improved = false;
    for (int space = 0; space < choices.count() && choices.count() <= FEW; space++) {
      for (int step = 1; step <= FARTHEST; step *= 2) {
        improved |= chain(space, levels[space] + step) || chain(space, levels[space] - step);
      }
    }
    return improved;
  }

  private boolean chain(int space, int level) {
    if (level < 0 || level > choices.top(space)) {
      return false;
    }
    int[] changed = levels.clone();
    changed[space] = level;
    int[] paid = Greedy.down(choices, changed, space);
    int[] filled = Greedy.up(choices, paid, space);
    double least = LEAST * choices.rise(levels);
    boolean helps =
        choices.fits(choices.cost(filled)) && choices.rise(filled) < choices.rise(levels) - least;
    levels = helps ? filled : levels;
    return helps;
  }
}
