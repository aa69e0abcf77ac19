package dev.capstan.pipeline.stage;

import dev.capstan.cost.CostFunction;
import dev.capstan.data.DataSplit;
import dev.capstan.graph.Graph;
import dev.capstan.graph.InvalidInputException;
import dev.capstan.job.Goal;
import dev.capstan.job.RankSettings;
import dev.capstan.job.ResidualPolicy;
import dev.capstan.latency.LatencyBudget;
import dev.capstan.pipeline.input.Session;
import dev.capstan.rank.Allocation;
import dev.capstan.rank.Budget;
import dev.capstan.rank.Plan;
import dev.capstan.rank.PlanFile;
import dev.capstan.rank.Ranks;
import dev.capstan.rank.Sensitivities;
import dev.capstan.rank.UniformRanks;
import dev.capstan.recipe.WorkListener;
import dev.capstan.report.UncompressedTail;
import dev.capstan.space.ChannelSpaces.Residual;
import dev.capstan.space.Space;
import dev.capstan.torch.SensitivityAnalysis;
import java.nio.file.Path;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** The first stage: chooses ranks. What it measures for one goal serves the next ones too. */
public final class RankStage implements LatencyBudget.Allocator {
  private final Session material;
  private final RankSettings settings;
  private final long seed;
  private final WorkListener listener;
  private final CompressibleNetwork keep;
  private final CompressibleNetwork frame;
  private @Nullable Sensitivities sensitivities;

  public RankStage(Session material, RankSettings settings, long seed, WorkListener listener) {
    this.material = material;
    this.settings = settings;
    this.seed = seed;
    this.listener = listener;
    Graph folded = material.source().folded();
    this.keep = CompressibleNetwork.of(folded, Residual.KEEP);
    if (keep.spaces().compressible().isEmpty() && folded.tail().isPresent()) {
      throw new InvalidInputException(
          material.source().file()
              + ": nothing before it can be compressed: "
              + UncompressedTail.why(folded));
    }
    this.frame = projects(settings) ? CompressibleNetwork.of(folded, Residual.PROJECT) : keep;
  }

  private static boolean projects(RankSettings settings) {
    boolean measured = settings.policy() == RankSettings.Policy.SENSITIVITY;
    return switch (settings.streams()) {
      case KEEP -> false;
      case PROJECT -> true;
      // Nothing but a measurement tells whether projecting is worth it.
      case AUTO -> measured || settings.plan() != null;
    };
  }

  /**
   * The ranks of the plan, or those that suit the goal.
   *
   * @throws InvalidInputException if the goal cannot be reached, or the plan is for another model
   */
  public RankAllocation run() {
    Path plan = settings.plan();
    return plan == null
        ? within(settings.goal())
        : planned(PlanFile.read(plan, frame.spaces(), material.source().sha256()).ranks());
  }

  /** The ranks that suit a goal other than a drop of accuracy, which takes more to find. */
  public RankAllocation within(Goal goal) {
    return switch (goal.kind()) {
      case KEEP_MACS, KEEP_PARAMETERS -> ranking(allocate(budget(goal)));
      case LATENCY_MS, LATENCY_SPEEDUP ->
          ranking(LatencySearch.ranks(frame, settings.options().grid(), goal, this));
      case MAX_DROP -> throw new IllegalArgumentException(goal + " is no budget");
    };
  }

  /** A share of the network as it came, before shortcuts were made convolutions. */
  private Budget budget(Goal goal) {
    return goal.kind() == Goal.Kind.KEEP_MACS
        ? Budget.macs(frame.costs(), goal.amount()).of(keep.costs().macs(Space::width))
        : Budget.parameters(frame.costs(), goal.amount()).of(keep.costs().parameters(Space::width));
  }

  /**
   * The plan for the settings' goal.
   *
   * @throws InvalidInputException if it cannot be reached
   */
  public Plan plan() {
    RankAllocation chosen = within(settings.goal());
    return Plan.of(
        material.source().sha256(),
        settings.goal().toString(),
        frame.spaces(),
        chosen.ranks(),
        chosen.frame().costs(),
        sensitivities());
  }

  /** These ranks again, which were chosen before. */
  public RankAllocation again(Map<String, Integer> ranks) {
    Map<String, Integer> compressed = new TreeMap<>(ranks);
    compressed.entrySet().removeIf(e -> e.getValue() == frame.spaces().space(e.getKey()).width());
    return ranking(new Ranks(compressed));
  }

  private RankAllocation planned(Ranks ranks) {
    return new RankAllocation(frame(ranks), ranks, 0);
  }

  private RankAllocation ranking(Ranks ranks) {
    boolean measured = settings.policy() == RankSettings.Policy.SENSITIVITY;
    int images = measured ? Math.min(SensitivityAnalysis.IMAGES, seen().length) : 0;
    return new RankAllocation(frame(ranks), ranks, images);
  }

  /** Where all streams keep their channels, shortcuts stay what they were: they cost nothing. */
  private CompressibleNetwork frame(Ranks ranks) {
    boolean may = settings.streams() != ResidualPolicy.PROJECT;
    return may && keep.has(ranks) ? keep : frame;
  }

  private int[] seen() {
    return DataSplit.of(material.learning().dataset().size()).seen();
  }

  private Ranks allocate(Budget budget) {
    if (settings.policy() == RankSettings.Policy.UNIFORM) {
      return UniformRanks.allocate(frame.spaces(), settings.options(), budget);
    }
    // Shows that the budget can be met before any image is looked at.
    Allocation.check(frame.spaces(), settings.options(), budget);
    return Allocation.solve(frame.spaces(), settings.options(), sensitivities(), budget);
  }

  private Sensitivities sensitivities() {
    if (sensitivities == null) {
      sensitivities =
          SensitivityAnalysis.measure(
              frame.graph(),
              frame.spaces(),
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
    for (Space space : settings.options().open(frame.spaces())) {
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
    return (double) frame.costs().macs(smallest::of) / keep.costs().macs(Space::width);
  }
}
