package dev.capstan.pipeline;

import dev.capstan.rank.Ranks;
import dev.capstan.space.ChannelSpaces;
import java.util.Map;
import java.util.TreeMap;

/**
 * The channel spaces of a network, and how many channels each is given.
 *
 * @param spaces all spaces
 * @param ranks those of the compressed ones
 * @param imagesSeen to choose them
 */
record Ranking(ChannelSpaces spaces, Ranks ranks, long imagesSeen) {
  /** Rank by name of each space that can be compressed, its width where it is not. */
  Map<String, Integer> bySpace() {
    Map<String, Integer> named = new TreeMap<>();
    spaces.compressible().forEach(space -> named.put(space.name(), ranks.of(space)));
    return named;
  }
}
