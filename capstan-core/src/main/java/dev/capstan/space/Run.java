package dev.capstan.space;

import java.util.List;

/**
 * Channels that lie one after the other along an axis.
 *
 * @param channels the channels
 * @param repeat how many elements in a row each of them has
 */
record Run(List<Channel> channels, int repeat) {
  /** Number of elements. */
  int width() {
    return channels.size() * repeat;
  }

  /** The same channels, each {@code times} as long. */
  Run times(int times) {
    return new Run(channels, repeat * times);
  }
}
