package dev.capstan.space;

import java.util.Arrays;
import java.util.List;

/**
 * Which channels may be chosen next, where groups must keep equally many: in a round each group
 * gives one. Of two divisions both have their rounds; a channel is next if the round can be
 * finished after it. So choices are nested, and whatever is chosen, no round is ever stuck: as many
 * are left in each group, and by König's theorem they can be matched.
 */
public final class Turns {
  private final List<List<Integer>> divisions;
  private final int groups;

  /** Whether a group gave its channel of this round, by division. */
  private final boolean[][] done;

  /** Channels left by their group in the first division and in the last. */
  private final int[][] left;

  /** Whether channels of these groups are next; null where that is not known yet. */
  private final Boolean[][] next;

  private int given;

  /** Before the first choice. */
  public Turns(Groups of) {
    this.divisions = of.divisions();
    this.groups = of.count();
    this.done = new boolean[divisions.size()][groups];
    this.left = new int[groups][groups];
    this.next = new Boolean[groups][groups];
    for (int channel = 0; !divisions.isEmpty() && channel < divisions.get(0).size(); channel++) {
      left[first(channel)][last(channel)]++;
    }
  }

  private int first(int channel) {
    return divisions.get(0).get(channel);
  }

  private int last(int channel) {
    return divisions.get(divisions.size() - 1).get(channel);
  }

  /** Whether a channel that is not chosen yet may be. */
  public boolean isNext(int channel) {
    if (divisions.isEmpty()) {
      return true;
    }
    int a = first(channel);
    int b = last(channel);
    if (next[a][b] == null) {
      next[a][b] = !done[0][a] && !done[done.length - 1][b] && canFinish(a, b);
    }
    return next[a][b];
  }

  /** Chooses a channel. */
  public void choose(int channel) {
    if (divisions.isEmpty()) {
      return;
    }
    for (int i = 0; i < done.length; i++) {
      done[i][divisions.get(i).get(channel)] = true;
    }
    left[first(channel)][last(channel)]--;
    if (++given == groups) {
      given = 0;
      Arrays.stream(done).forEach(division -> Arrays.fill(division, false));
    }
    Arrays.stream(next).forEach(row -> Arrays.fill(row, null));
  }

  /** Whether the other groups can be matched once these two have given a channel. */
  private boolean canFinish(int a, int b) {
    if (done.length == 1) {
      return true;
    }
    int[] partner = new int[groups];
    Arrays.fill(partner, -1);
    for (int group = 0; group < groups; group++) {
      if (group != a && !done[0][group] && !match(group, b, partner, new boolean[groups])) {
        return false;
      }
    }
    return true;
  }

  /** Finds a partner for a group, others being given new ones (Kuhn's algorithm). */
  private boolean match(int group, int taken, int[] partner, boolean[] tried) {
    for (int other = 0; other < groups; other++) {
      boolean open = other != taken && !done[1][other] && left[group][other] > 0;
      if (open && !tried[other]) {
        tried[other] = true;
        if (partner[other] < 0 || match(partner[other], taken, partner, tried)) {
          partner[other] = group;
          return true;
        }
      }
    }
    return false;
  }
}
