package dev.capstan.rank;

import dev.capstan.graph.Graph;
import dev.capstan.space.ChannelSpaces;
import java.util.Map;
import java.util.TreeMap;

/**
 * How many channels each space of a network is given.
 *
 * @param network the network and its spaces
 * @param ranks those of the compressed ones
 * @param imagesSeen to choose them
 */
public record RankAllocation(CompressibleNetwork network, Ranks ranks, long imagesSeen) {
  /** The network whose kernels are made smaller. */
  public Graph graph() {
    return network.graph();
  }

  /** Its spaces. */
  public ChannelSpaces spaces() {
    return network.spaces();
  }

  /** Rank by name of each space that can be compressed, its width where it is not. */
  public Map<String, Integer> bySpace() {
    Map<String, Integer> named = new TreeMap<>();
    spaces().compressible().forEach(space -> named.put(space.name(), ranks.of(space)));
    return named;
  }
}
