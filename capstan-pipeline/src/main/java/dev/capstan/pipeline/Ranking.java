package dev.capstan.pipeline;

import dev.capstan.graph.Graph;
import dev.capstan.rank.Ranks;
import dev.capstan.space.ChannelSpaces;
import java.util.Map;
import java.util.TreeMap;

/**
 * How many channels each space of a network is given.
 *
 * @param frame the network and its spaces
 * @param ranks those of the compressed ones
 * @param imagesSeen to choose them
 */
record Ranking(Frame frame, Ranks ranks, long imagesSeen) {
  /** The network whose kernels are made smaller. */
  Graph graph() {
    return frame.graph();
  }

  /** Its spaces. */
  ChannelSpaces spaces() {
    return frame.spaces();
  }

  /** Rank by name of each space that can be compressed, its width where it is not. */
  Map<String, Integer> bySpace() {
    Map<String, Integer> named = new TreeMap<>();
    spaces().compressible().forEach(space -> named.put(space.name(), ranks.of(space)));
    return named;
  }
}
