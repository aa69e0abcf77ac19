package dev.capstan.pipeline;

import dev.capstan.cost.CostFunction;
import dev.capstan.cost.CostModel;
import dev.capstan.graph.Graph;
import dev.capstan.latency.LatencyBudget;
import dev.capstan.rank.Allocation;
import dev.capstan.rank.Budget;
import dev.capstan.rank.PlanFile;
import dev.capstan.rank.Ranks;
import dev.capstan.rank.Sensitivities;
import dev.capstan.rank.UniformRanks;
import dev.capstan.recipe.WorkListener;
import dev.capstan.space.ChannelSpaces;
import dev.capstan.space.Space;
import dev.capstan.torch.SensitivityAnalysis;
import java.nio.file.Path;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The first stage: chooses ranks. What it measures for one goal serves the next ones too. */
final class RankStage implements LatencyBudget.Allocator {
  private final Material material;
  private final RankSettings settings;
  private final long seed;
  private final WorkListener listener;
  private final ChannelSpaces spaces;
  private final CostModel costs;
  private @Nullable Sensitivities sensitivities;

  RankStage(Material material, RankSettings settings, long seed, WorkListener listener) {
    this.material = material;
    this.settings = settings;
    this.seed = seed;
    this.listener = listener;
    this.spaces = ChannelSpaces.of(original(), ChannelSpaces.Residual.KEEP);
    this.costs = new CostModel(original(), spaces);
  }

  private Graph original() {
    return material.source().folded();
  }

  /**
   * The ranks of the plan, or those that suit the goal.
   *
   * @throws dev.capstan.graph.InvalidInputException if the goal cannot be reached, or the plan is
   *     for another model
   */
  Ranking run() {
    Path plan = settings.plan();
    return plan == null
        ? within(settings.goal())
        : new Ranking(spaces, PlanFile.read(plan, spaces, material.source().sha256()).ranks(), 0);
  }

  /** The ranks that suit a goal other than a drop of accuracy, which takes more to find. */
  Ranking within(Goal goal) {
    return switch (goal.kind()) {
      case KEEP_MACS -> ranking(allocate(Budget.macs(costs, goal.amount())));
      case KEEP_PARAMETERS -> ranking(allocate(Budget.parameters(costs, goal.amount())));
      case LATENCY_MS, LATENCY_SPEEDUP ->
          ranking(LatencySearch.ranks(original(), settings.options().grid(), goal, this));
      case MAX_DROP -> throw new IllegalArgumentException(goal + " is no budget");
    };
  }

  /** These ranks again, which were chosen before. */
  Ranking again(Map<String, Integer> ranks) {
    return ranking(new Ranks(ranks));
  }

  private Ranking ranking(Ranks ranks) {
    boolean measured = settings.policy() == RankSettings.Policy.SENSITIVITY;
    int images = measured ? Math.min(SensitivityAnalysis.IMAGES, seen().length) : 0;
    return new Ranking(spaces, ranks, images);
  }

  private int[] seen() {
    return Portions.of(material.learning().dataset().size()).seen();
  }

  private Ranks allocate(Budget budget) {
    if (settings.policy() == RankSettings.Policy.UNIFORM) {
      return UniformRanks.allocate(spaces, settings.options(), budget);
    }
    // Shows that the budget can be met before any image is looked at.
    Allocation.check(spaces, settings.options(), budget);
    return Allocation.solve(spaces, settings.options(), sensitivities(), budget);
  }

  private Sensitivities sensitivities() {
    if (sensitivities == null) {
      sensitivities =
          SensitivityAnalysis.measure(
              original(),
              spaces,
              settings.options(),
              material.learning(),
              seen(),
              SensitivityAnalysis.IMAGES,
              seed,
              material.setup().compute(),
              listener);
    }
    return sensitivities;
  }

  @Override
  public Ranks smallest() {
    Ranks ranks = new Ranks(Map.of());
    for (Space space : settings.options().open(spaces)) {
      ranks = ranks.with(space, settings.options().grid().smallest(space));
    }
    return ranks;
  }

  @Override
  public Ranks allocate(CostFunction cost, double limit) {
    return allocate(new Budget(Goal.Kind.LATENCY_MS.option(), limit, "ms", cost, 1));
  }

  /** Share of the multiply-accumulates that the smallest ranks leave. */
  double smallestShare() {
    Ranks smallest = smallest();
    return (double) costs.macs(smallest::of) / costs.macs(Space::width);
  }
}
