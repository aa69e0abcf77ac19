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
  /**
   * A block where it lies along an axis.
   *
   * @param repeat how many places in a row each of its channels takes there
   */
  record Piece(Block block, int repeat) {
    int width() {
      return block.width() * repeat;
    }
  }

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
  @Nullable List<Piece> whole(List<Channel> channels) {
    List<Channel> roots = channels.stream().map(Channel::root).toList();
    List<Piece> whole = new ArrayList<>();
    for (int i = 0; i < roots.size(); ) {
      Piece piece = new Piece(of(roots.get(i)), alike(roots, i));
      int end = i + piece.width();
      if (end > roots.size() || !roots.subList(i, end).equals(places(piece))) {
        return null;
      }
      whole.add(piece);
      i = end;
    }
    return whole;
  }

  /** How many places in a row one channel takes. */
  private static int alike(List<Channel> roots, int from) {
    int end = from + 1;
    while (end < roots.size() && roots.get(end) == roots.get(from)) {
      end++;
    }
    return end - from;
  }

  private static List<Channel> places(Piece piece) {
    return piece.block().channels.stream()
        .flatMap(channel -> Collections.nCopies(piece.repeat(), channel).stream())
        .toList();
  }
}
