package dev.capstan.compress;

import dev.capstan.graph.Graph;
import dev.capstan.space.Bases;
import dev.capstan.space.ChannelSpaces;
import java.util.Map;
import java.util.TreeMap;

/**
 * A network with smaller kernels, and what it was made of.
 *
 * @param spaces the channel spaces of the network it was compressed from
 * @param bases what its kernels were made smaller with
 * @param graph the network as it stands: its weights may have been corrected or trained since
 */
public record CompressedNetwork(ChannelSpaces spaces, Bases bases, Graph graph) {
  /** The network whose kernels are made smaller, and nothing else. */
  public static CompressedNetwork of(ChannelSpaces spaces, Bases bases) {
    return new CompressedNetwork(spaces, bases, Compression.apply(spaces, bases));
  }

  /** The network it was compressed from, BatchNorm folded. */
  public Graph original() {
    return spaces.graph();
  }

  /** The same with other weights. */
  public CompressedNetwork with(Graph changed) {
    return new CompressedNetwork(spaces, bases, changed);
  }

  /** Rank by name of each space that can be compressed, its width where it is not. */
  public Map<String, Integer> ranks() {
    Map<String, Integer> named = new TreeMap<>();
    spaces.compressible().forEach(space -> named.put(space.name(), bases.rank(space)));
    return named;
  }
}
