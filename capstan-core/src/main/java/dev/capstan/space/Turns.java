package dev.capstan.space;

import java.util.Arrays;

/**
 * Which channels may be chosen next, where groups must keep equally many: in a round each group
 * gives one, so that choices are nested.
 */
public final class Turns {
  private final int width;
  private final boolean[] done;
  private int given;

  /**
   * Before the first choice.
   *
   * @param channels of the space
   */
  public Turns(int channels, Groups groups) {
    this.width = channels / groups.count();
    this.done = new boolean[groups.count()];
  }

  /** Whether a channel that is not chosen yet may be. */
  public boolean isNext(int channel) {
    return !done[channel / width];
  }

  /** Chooses a channel. */
  public void choose(int channel) {
    done[channel / width] = true;
    if (++given % done.length == 0) {
      Arrays.fill(done, false);
    }
  }
}
