package dev.capstan.torch.internal.learn;

import dev.capstan.cost.Cost;
import dev.capstan.cost.WorkBudget;
import dev.capstan.graph.Graph;
import dev.capstan.graph.Node;
import dev.capstan.space.ChannelSpaces;
import dev.capstan.space.Space;
import java.util.List;
import java.util.Map;

/**
 * How much an exchange of channels looks at: what a budget of forward runs allows.
 *
 * @param images that exchanges are judged by
 * @param tries a space
 */
record ExchangeEffort(int images, int tries) {
  private static final int MOST_IMAGES = 128;

  /** Fewer do not tell a better channel from a worse one: then fewer are tried. */
  private static final int LEAST_IMAGES = 16;

  private static final int MOST_TRIES = 8;

  /**
   * Runs of an image beside the tries: the original, the start, and what lies before the spaces.
   */
  private static final int ONCE = 3;

  /**
   * What so many forward runs of one image allow for these spaces.
   *
   * @param runs 0 for what suits the network's size
   * @param available images that there are, at least one
   */
  static ExchangeEffort of(
      ChannelSpaces spaces, List<Space> exchanged, double runs, int available) {
    double behind = behind(spaces, exchanged);
    return within(runs > 0 ? runs : WorkBudget.of(spaces.graph()).exchange(), behind, available);
  }

  /** What this costs for these spaces, in forward runs of one image. */
  double runs(ChannelSpaces spaces, List<Space> exchanged) {
    return images * (ONCE + tries * behind(spaces, exchanged));
  }

  private static double behind(ChannelSpaces spaces, List<Space> exchanged) {
    return exchanged.stream().mapToDouble(space -> share(spaces, space)).sum();
  }

  static ExchangeEffort within(double budget, double behind, int available) {
    int most = Math.min(MOST_IMAGES, available);
    int images = (int) Math.min(most, budget / (ONCE + MOST_TRIES * behind));
    if (images >= Math.min(LEAST_IMAGES, most)) {
      return new ExchangeEffort(images, MOST_TRIES);
    }
    int few = Math.min(LEAST_IMAGES, most);
    int tries = (int) Math.max(0, Math.min(MOST_TRIES, (budget / few - ONCE) / behind));
    return new ExchangeEffort(few, tries);
  }

  /** Of the network's MACs, those from the first node on that a space's bases change. */
  static double share(ChannelSpaces spaces, Space space) {
    Graph graph = spaces.graph();
    Map<String, Long> macs = Cost.macs(graph);
    double all = 0;
    double behind = 0;
    boolean reached = false;
    for (Node node : graph.nodes()) {
      reached |= ExchangeRuns.isBound(spaces, node, space);
      long count = macs.getOrDefault(node.name(), 0L);
      all += count;
      behind += reached ? count : 0;
    }
    return all == 0 ? 1 : behind / all;
  }
}
