package dev.capstan.space;

import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.IdentityHashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The coarsest division of channels into blocks such that every value holds whole blocks: a basis
 * may mix the channels of a block, because nothing ever takes only some of them.
 */
final class Partition {
  private final Map<Channel, Integer> numbers = new HashMap<>();
  private final Map<Channel, Block> blocks = new LinkedHashMap<>();
  private int count;

  /**
   * Divides channels.
   *
   * @param all every channel, in the order they were given
   * @param runs what lies in values
   */
  Partition(List<Channel> all, List<Run> runs) {
    Set<List<Channel>> done = Collections.newSetFromMap(new IdentityHashMap<>());
    for (Run run : runs) {
      if (done.add(run.channels())) {
        divide(run.channels());
      }
    }
    Map<Integer, Block> byNumber = new LinkedHashMap<>();
    for (Channel channel : all) {
      Integer number = numbers.get(channel);
      if (number != null) {
        Block block = byNumber.computeIfAbsent(number, key -> new Block());
        block.channels.add(channel);
        blocks.put(channel, block);
      }
    }
  }

  /** Tells the channels of a run from all others. */
  private void divide(List<Channel> channels) {
    Map<Integer, Integer> inside = new HashMap<>();
    channels.stream()
        .map(Channel::root)
        .distinct()
        .forEach(
            root -> {
              int before = numbers.getOrDefault(root, -1);
              numbers.put(root, inside.computeIfAbsent(before, key -> count++));
            });
  }

  /** All blocks, in the order of their first channels. */
  List<Block> blocks() {
    return blocks.values().stream().distinct().toList();
  }

  /** The block of a channel. */
  Block of(Channel channel) {
    Block block = blocks.get(channel.root());
    if (block == null) {
      throw new IllegalStateException("channel " + channel + " lies in no value");
    }
    return block;
  }

  /** The blocks that these channels are, one after the other; null if they lie in another order. */
  @Nullable List<Block> whole(List<Channel> channels) {
    List<Block> whole = new ArrayList<>();
    for (int i = 0; i < channels.size(); ) {
      Block block = of(channels.get(i));
      int end = i + block.width();
      if (end > channels.size() || !roots(channels.subList(i, end)).equals(block.channels)) {
        return null;
      }
      whole.add(block);
      i = end;
    }
    return whole;
  }

  private static List<Channel> roots(List<Channel> channels) {
    return channels.stream().map(Channel::root).toList();
  }
}
