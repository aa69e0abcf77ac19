package dev.capstan.torch.internal.sensitivity;

import dev.capstan.cost.Cost;
import dev.capstan.cost.WorkBudget;
import dev.capstan.graph.Graph;
import dev.capstan.graph.Node;
import dev.capstan.recipe.stage.MeasureRecipe;
import dev.capstan.space.Space;
import dev.capstan.torch.internal.calibrate.OutputGradients;
import dev.capstan.torch.internal.paired.ChangedValues;
import java.util.List;
import java.util.Map;

/**
 * How much a measurement looks at: what a budget of forward runs allows. Channels are chosen on
 * more images than errors are measured on, since these cost one run each, and on other ones: what
 * reads pooled channels has one equation an image, and rebuilds more channels than images exactly.
 *
 * @param calibrated images that channels' second moments are taken of
 * @param measured images that errors are measured on
 * @param ranks ranks that each space is tried at, the most
 */
public record Effort(int calibrated, int measured, int ranks) {
  /** Images beyond which nothing is learned. */
  private static final int MOST_IMAGES = 512;

  /** Of the budget: for choosing channels. */
  private static final double CALIBRATION = 1.0 / 6;

  /** Fewer images than these say too little: then ranks are left out, and curves fitted between. */
  private static final int ENOUGH_IMAGES = 128;

  /** Fewer than these are too few to leave the least rank among those that are tried. */
  private static final int TELLING_IMAGES = 16;

  /** Halves of fewer images tell nothing: then both are all of them. */
  private static final int FEW_IMAGES = 16;

  /** Errors relative to a variation need one, whatever that costs. */
  private static final int LEAST_IMAGES = 4;

  private static final int MANY_RANKS = 8;
  private static final int SOME_RANKS = 4;

  /** Without the smallest rank, on whose error hardly anything hangs where much is kept. */
  private static final int FEW_RANKS = 3;

  /**
   * What the recipe's forward runs, calibration included, allow for these spaces.
   *
   * @param available images that there are, at least one
   */
  public static Effort of(Graph graph, List<Space> measured, MeasureRecipe recipe, int available) {
    return of(graph, behind(graph, measured), recipe, available);
  }

  /** The same as others may know it. */
  public static MeasureRecipe.Extent extent(
      Graph graph, List<Space> measured, MeasureRecipe recipe, int available) {
    double behind = behind(graph, measured);
    Effort effort = of(graph, behind, recipe, available);
    double runs = effort.choosing(graph) + effort.measured * (1 + effort.ranks * behind);
    return new MeasureRecipe.Extent(effort.images(), effort.measured, effort.ranks, runs);
  }

  private static double behind(Graph graph, List<Space> measured) {
    Map<String, Long> macs = Cost.macs(graph);
    return measured.stream().mapToDouble(space -> share(graph, macs, space)).sum();
  }

  private static Effort of(Graph graph, double behind, MeasureRecipe recipe, int available) {
    double runs = recipe.runs() > 0 ? recipe.runs() : WorkBudget.of(graph).sensitivities();
    int most = within(runs, behind, recipe.images(), available).calibrated();
    double gradients = OutputGradients.runs(graph, most);
    return within(runs - gradients, behind, recipe.images(), available);
  }

  /**
   * @param asked images to measure on, whatever that costs; 0 for what the budget allows
   * @param behind shares of the network that lie behind each space, summed up: what a rank of all
   *     spaces costs
   */
  static Effort within(double budget, double behind, int asked, int available) {
    boolean shared = available < FEW_IMAGES;
    int calibrated = bounded(CALIBRATION * budget, shared ? available : (available + 1) / 2);
    int others = shared ? available : available - calibrated;
    double left = budget - calibrated;
    int many = bounded(left / (1 + MANY_RANKS * behind), others);
    int some = bounded(left / (1 + SOME_RANKS * behind), others);
    int few = bounded(left / (1 + FEW_RANKS * behind), others);
    if (asked > 0) {
      int images = Math.min(asked, others);
      int ranks = images <= many ? MANY_RANKS : images <= some ? SOME_RANKS : FEW_RANKS;
      return new Effort(calibrated, images, ranks);
    }
    if (many >= Math.min(ENOUGH_IMAGES, others)) {
      return new Effort(calibrated, many, MANY_RANKS);
    }
    return some >= Math.min(TELLING_IMAGES, others)
        ? new Effort(calibrated, some, SOME_RANKS)
        : new Effort(calibrated, few, FEW_RANKS);
  }

  private static int bounded(double images, int available) {
    double bought = Math.max(LEAST_IMAGES, Math.min(images, MOST_IMAGES));
    return (int) Math.min(bought, available);
  }

  /** Of the network's MACs, those of what lies behind a space. */
  static double share(Graph graph, Map<String, Long> macs, Space space) {
    ChangedValues changed =
        new ChangedValues(graph, node -> space.consumers().contains(node.name()));
    double all = 0;
    double behind = 0;
    for (Node node : graph.nodes()) {
      long count = macs.getOrDefault(node.name(), 0L);
      all += count;
      behind += changed.gives(node) ? count : 0;
    }
    return all == 0 ? 1 : behind / all;
  }

  /** Forward runs of one image that channels are chosen by. */
  double choosing(Graph graph) {
    return calibrated + OutputGradients.runs(graph, calibrated);
  }

  /** Whether ranks are left out for the budget's sake. */
  boolean isSparing() {
    return ranks < MANY_RANKS;
  }

  /** Images that are seen. */
  public int images() {
    return calibrated + measured;
  }
}
