package dev.capstan.space;

import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/** Channels that always come together: what becomes a {@link Space}. */
final class Block {
  final List<Channel> channels = new ArrayList<>();
  final Set<String> producers = new LinkedHashSet<>();
  final Set<String> consumers = new LinkedHashSet<>();
  private int groups = 1;
  private boolean readAlone;

  int width() {
    return channels.size();
  }

  String name() {
    return channels.get(0).name();
  }

  void restrict(Freedom to, String why) {
    channels.forEach(channel -> channel.restrict(to, why));
  }

  /**
   * Asks for as many channels in each of some equal runs of this block.
   *
   * @param alone whether what reads a run reads no other
   */
  void group(int count, boolean alone, String why) {
    int common = groups / gcd(groups, count) * count;
    if (width() % common != 0) {
      restrict(Freedom.PINNED, why + ": groups of different sizes");
    } else {
      groups = common;
      readAlone |= alone;
      restrict(Freedom.SELECT_ONLY, why);
    }
  }

  private static int gcd(int a, int b) {
    return b == 0 ? a : gcd(b, a % b);
  }

  Space finish(String uniqueName) {
    Channel worst = channels.get(0);
    boolean stream = false;
    for (Channel channel : channels) {
      worst = channel.freedom().compareTo(worst.freedom()) > 0 ? channel : worst;
      stream |= channel.isStream();
    }
    return new Space(
        uniqueName,
        width(),
        worst.freedom() == Freedom.PINNED ? Groups.NONE : new Groups(groups, readAlone),
        List.copyOf(producers),
        List.copyOf(consumers),
        worst.freedom(),
        worst.reason(),
        stream);
  }
}
