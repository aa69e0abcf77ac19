package dev.capstan.pipeline.stage;

import dev.capstan.cost.CostFunction;
import dev.capstan.data.ImageSubset;
import dev.capstan.error.InvalidInputException;
import dev.capstan.job.RankSettings;
import dev.capstan.job.ResidualPolicy;
import dev.capstan.latency.LatencyBudget;
import dev.capstan.pipeline.input.Session;
import dev.capstan.pipeline.input.Tails;
import dev.capstan.pipeline.result.OutputFile;
import dev.capstan.rank.Goal;
import dev.capstan.rank.Plan;
import dev.capstan.rank.Ranks;
import dev.capstan.rank.allocate.Allocation;
import dev.capstan.rank.allocate.Budget;
import dev.capstan.rank.allocate.CompressibleNetwork;
import dev.capstan.rank.allocate.CurvesFile;
import dev.capstan.rank.allocate.DepthDiscount;
import dev.capstan.rank.allocate.PlanFile;
import dev.capstan.rank.allocate.RankAllocation;
import dev.capstan.rank.allocate.Sensitivities;
import dev.capstan.rank.allocate.UniformRanks;
import dev.capstan.recipe.stage.MeasureRecipe;
import dev.capstan.recipe.stage.Measured;
import dev.capstan.space.ChannelSpaces.Residual;
import dev.capstan.space.Obstacles;
import dev.capstan.space.Space;
import dev.capstan.torch.TorchSession;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** The first stage: chooses ranks. What it measures for one goal serves the next ones too. */
public final class RankStage implements LatencyBudget.Allocator {
  /** Images that sensitivities are measured on, at most. */
  private static final int MEASURED = 1024;

  private final Session session;
  private final RankSettings settings;
  private final long seed;
  private final CompressibleNetwork keep;
  private final CompressibleNetwork network;
  private final @Nullable Plan given;
  private @Nullable Sensitivities sensitivities;
  private double runs;

  /**
   * A choice of ranks for a session's network.
   *
   * @param seed of the choice of images to measure on
   * @throws InvalidInputException if nothing of the network can be compressed, or the plan is none
   *     or for another model
   */
  public RankStage(Session session, RankSettings settings, long seed) {
    this.session = session;
    this.settings = settings;
    this.seed = seed;
    this.keep = network(Residual.KEEP);
    this.network = projects(settings) ? network(Residual.PROJECT) : keep;
    Path curves = settings.measuring().curves();
    if (curves != null) {
      OutputFile.checked(curves);
    }
    if (network.spaces().compressible().isEmpty()) {
      throw new InvalidInputException(
          "%s: nothing in it can be compressed: %s%s"
              .formatted(session.source().file(), Obstacles.of(network.spaces()), tail(session)));
    }
    Path plan = settings.plan();
    String source = session.source().sha256();
    this.given = plan == null ? null : PlanFile.read(plan, network.spaces(), source);
  }

  private static String tail(Session session) {
    String why = Tails.why(session.source().folded());
    return why.isEmpty() ? "" : "; " + why;
  }

  private CompressibleNetwork network(Residual residual) {
    return CompressibleNetwork.of(session.source().folded(), session.source().open(), residual);
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
   * @throws InvalidInputException if the goal cannot be reached
   */
  public RankAllocation run() {
    return given == null ? within(settings.goal()) : planned(given.ranks());
  }

  /** The ranks that suit a goal other than a drop of accuracy, which takes more to find. */
  public RankAllocation within(Goal goal) {
    return switch (goal.kind()) {
      case KEEP_MACS, KEEP_PARAMETERS -> allocation(allocate(budget(goal)));
      case LATENCY_MS, LATENCY_SPEEDUP ->
          allocation(
              new LatencySearch(session.input(), network)
                  .ranks(settings.options().grid(), goal, this));
      case MAX_DROP, AUTO -> throw new IllegalArgumentException(goal + " is no budget");
    };
  }

  /**
   * Shows, before any image is looked at, that a share can be met.
   *
   * @throws InvalidInputException if it cannot
   */
  public void check() {
    Goal asked = settings.goal();
    Goal goal = asked.kind() == Goal.Kind.AUTO ? Goal.keepMacs(ShareSearch.LARGEST) : asked;
    boolean share = goal.kind() == Goal.Kind.KEEP_MACS || goal.kind() == Goal.Kind.KEEP_PARAMETERS;
    if (share && settings.plan() == null) {
      Allocation.check(network.spaces(), settings.options(), budget(goal));
    }
  }

  /** A share of the network as it came, before shortcuts were made convolutions. */
  private Budget budget(Goal goal) {
    return goal.kind() == Goal.Kind.KEEP_MACS
        ? Budget.macs(network.costs(), goal.amount()).of(keep.costs().macs(Space::width))
        : Budget.parameters(network.costs(), goal.amount())
            .of(keep.costs().parameters(Space::width));
  }

  /**
   * The plan for the settings' goal.
   *
   * @throws InvalidInputException if it cannot be reached
   */
  public Plan plan() {
    RankAllocation chosen = within(settings.goal());
    String source = session.source().sha256();
    return chosen.plan(network.spaces(), sensitivities(), source, settings.goal());
  }

  /** These ranks again, which were chosen before. */
  public RankAllocation again(Map<String, Integer> ranks) {
    Map<String, Integer> compressed = new TreeMap<>(ranks);
    compressed.entrySet().removeIf(e -> e.getValue() == network.spaces().space(e.getKey()).width());
    return allocation(new Ranks(compressed));
  }

  private RankAllocation planned(Ranks ranks) {
    return new RankAllocation(network(ranks), ranks, 0);
  }

  private RankAllocation allocation(Ranks ranks) {
    return new RankAllocation(network(ranks), ranks, imagesSeen());
  }

  /** Where all streams keep their channels, shortcuts stay what they were: they cost nothing. */
  private CompressibleNetwork network(Ranks ranks) {
    boolean may = settings.streams() != ResidualPolicy.PROJECT;
    return may && ranks.fit(keep.spaces()) ? keep : network;
  }

  private ImageSubset measuredOn() {
    return session.data().seen().sample(MEASURED, seed);
  }

  private MeasureRecipe recipe() {
    return new MeasureRecipe(settings.options().grid(), settings.measuring().images(), runs);
  }

  /** Those that curves hang on, measured now or before. */
  public long imagesSeen() {
    if (settings.policy() != RankSettings.Policy.SENSITIVITY) {
      return 0;
    }
    List<Space> open = settings.options().open(network.spaces());
    return TorchSession.extent(network.spaces(), open, recipe(), Math.max(1, measuredOn().size()))
        .images();
  }

  /** From here on so many forward runs of one image may be spent on measuring. */
  void spend(double forwardRuns) {
    runs = forwardRuns;
  }

  /** How much is still to be looked at to measure sensitivities. */
  MeasureRecipe.Extent extent() {
    List<Space> missing = missing(known());
    boolean none = settings.plan() != null || settings.policy() == RankSettings.Policy.UNIFORM;
    return none || missing.isEmpty()
        ? MeasureRecipe.Extent.NONE
        : TorchSession.extent(
            network.spaces(), missing, recipe(), Math.max(1, measuredOn().size()));
  }

  /** Forward runs that exchanges of channels cost, at most so many. */
  double exchangeRuns(double allowed) {
    List<Space> open = settings.options().open(network.spaces());
    return TorchSession.exchangeRuns(
        network.spaces(), open, allowed, Math.max(1, session.data().seen().size()));
  }

  private Ranks allocate(Budget budget) {
    if (settings.policy() == RankSettings.Policy.UNIFORM) {
      return UniformRanks.allocate(network.spaces(), settings.options(), budget);
    }
    // Shows that the budget can be met before any image is looked at.
    Allocation.check(network.spaces(), settings.options(), budget);
    return Allocation.solve(
        network.spaces(),
        settings.options(),
        DepthDiscount.of(sensitivities(), network.spaces()),
        budget);
  }

  /** What ranks were chosen by; empty where nothing was measured. */
  public Sensitivities measured() {
    return sensitivities == null ? new Sensitivities(Map.of()) : sensitivities;
  }

  private Sensitivities sensitivities() {
    if (sensitivities == null) {
      sensitivities = completed(known());
    }
    return sensitivities;
  }

  private Sensitivities known() {
    Path curves = settings.measuring().curves();
    return curves == null || !Files.exists(curves)
        ? new Sensitivities(Map.of())
        : CurvesFile.read(curves, session.source().sha256());
  }

  /** Measures what is not known yet, and keeps it in a new file where that is asked for. */
  private Sensitivities completed(Sensitivities known) {
    List<Space> missing = missing(known);
    if (missing.isEmpty()) {
      return known;
    }
    Measured measured =
        session.torch().sensitivities(network.spaces(), missing, recipe(), measuredOn());
    Sensitivities all = known.and(measured.sensitivities());
    Path curves = settings.measuring().curves();
    if (curves != null && !Files.exists(curves)) {
      CurvesFile.write(all, session.source().sha256(), curves);
    }
    return all;
  }

  private List<Space> missing(Sensitivities known) {
    return settings.options().open(network.spaces()).stream()
        .filter(space -> !known.bySpace().containsKey(space.name()))
        .toList();
  }

  @Override
  public Ranks smallest() {
    Ranks ranks = new Ranks(Map.of());
    for (Space space : settings.options().open(network.spaces())) {
      ranks = ranks.with(space, settings.options().grid().smallest(space));
    }
    return ranks;
  }

  @Override
  public Ranks allocate(CostFunction cost, double limit) {
    return allocate(new Budget(new Goal(Goal.Kind.LATENCY_MS, limit), "ms", cost, 1));
  }

  /** Share of the multiply-accumulates that the smallest ranks leave. */
  public double smallestShare() {
    Ranks smallest = smallest();
    return (double) network.costs().macs(smallest::of) / keep.costs().macs(Space::width);
  }
}
