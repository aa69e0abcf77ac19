package dev.capstan.pipeline.stage;

import dev.capstan.compress.CompressedNetwork;
import dev.capstan.cost.WorkBudget;
import dev.capstan.data.ImageSubset;
import dev.capstan.graph.Graph;
import dev.capstan.job.CompressionOptions;
import dev.capstan.job.Corrections;
import dev.capstan.pipeline.input.Session;
import dev.capstan.recipe.Method;
import dev.capstan.recipe.stage.CalibrationRecipe;
import dev.capstan.recipe.stage.LearnRecipe;
import dev.capstan.recipe.stage.RefitRecipe;
import dev.capstan.torch.Agreement;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.WeakHashMap;
import org.jspecify.annotations.Nullable;

/**
 * What the stages of one compression share: the session, the options, which images they may see,
 * and what images held out say of a network.
 *
 * <p>A choice between two networks refits and compares what later stages ask for again, so that is
 * remembered.
 */
final class StageContext {
  /** Images that methods which do not learn look at, at most. */
  private static final int CALIBRATION = 1024;

  /** Of what learning may cost: what is spent on choosing channels without it. */
  private static final double CHOOSING = 0.1;

  private static final int BATCH = 64;

  /** Images that tell whether mirror images are worth learning from. */
  private static final int MIRRORED = 64;

  private final Session session;
  private final CompressionOptions options;

  private final WorkBudget budget;
  private final double stretch;

  /** By the network before, which is equal to itself alone; gone when nothing else needs that. */
  private final Map<Graph, Graph> refits = new WeakHashMap<>();

  private final Map<Graph, Graph> reestimations = new WeakHashMap<>();

  private final Map<Graph, Agreement> agreements = new WeakHashMap<>();

  private @Nullable Boolean mirrors;

  StageContext(Session session, CompressionOptions options) {
    this.session = session;
    this.options = options;
    WorkBudget suits = WorkBudget.of(session.source().folded());
    long runs = options.effort().forwardRuns();
    this.budget = suits.of(runs > 0 ? runs : Math.round(suits.all()));
    this.stretch = Math.max(1, budget.all() / suits.all());
  }

  Session session() {
    return session;
  }

  CompressionOptions options() {
    return options;
  }

  /** Images that may be learned from: not those that decide on what was learned. */
  ImageSubset learnable() {
    return session.data().seen();
  }

  /** Whether the original says the same of mirror images; where it does not, that is noted once. */
  boolean mirrors() {
    if (mirrors == null) {
      ImageSubset some = session.data().heldOut().sample(MIRRORED, options.seed());
      mirrors = session.torch().mirrors(session.source().folded(), some);
      if (!mirrors) {
        session
            .listener()
            .note("of mirror images the original says something else: nothing is learned from any");
      }
    }
    return mirrors;
  }

  /** What the stages may cost. */
  WorkBudget budget() {
    return budget;
  }

  /** How long bases of a network are learned of which a share is kept. */
  LearningLength learning(double kept) {
    // All runs that there are, where nothing is trained.
    double runs = options.tuning().automatic() ? budget.learning() : course();
    Graph original = session.source().folded();
    return LearningLength.of(original, options.bases(), kept, runs, stretch, learnable().size());
  }

  /** How long weights of a network are trained of which a share is kept. */
  TrainingLength training(double kept) {
    // All runs that there are, where no bases are learned.
    double runs = options.bases().method().equals(Method.CAP) ? budget.training() : course();
    Graph original = session.source().folded();
    return TrainingLength.of(original, kept, runs, stretch, learnable().size());
  }

  private double course() {
    return budget.learning() + budget.training();
  }

  /** How many images are looked at to choose channels by another method than learning. */
  int calibrationImages() {
    double bought = Math.max(1, CHOOSING * course());
    return (int) Math.min(Math.min(CALIBRATION, bought), learnable().size());
  }

  /** How many images the corrections of a network see. */
  CorrectionLength corrections(CompressedNetwork network) {
    return corrections(LearningLength.kept(network.original(), network.graph()));
  }

  /** The same for a network of which a share is kept. */
  CorrectionLength corrections(double kept) {
    return CorrectionLength.of(
        session.source().folded(), kept, budget.corrections(), learnable().size());
  }

  /** With the original's mean and variance in each channel. */
  CompressedNetwork reestimated(CompressedNetwork network) {
    return network.with(
        reestimations.computeIfAbsent(network.graph(), graph -> withStatistics(network)));
  }

  private Graph withStatistics(CompressedNetwork network) {
    int images = corrections(network).statistics();
    CalibrationRecipe recipe = new CalibrationRecipe(images, BATCH, options.seed());
    return session.torch().reestimate(network, learnable(), recipe);
  }

  /** With weights solved for. */
  CompressedNetwork refitted(CompressedNetwork network) {
    return network.with(refits.computeIfAbsent(network.graph(), graph -> solved(network)));
  }

  private Graph solved(CompressedNetwork network) {
    int images = corrections(network).equations();
    RefitRecipe recipe = RefitRecipe.standard(images, options.seed());
    return session.torch().refit(network, learnable(), recipe);
  }

  /** The same beside learning of this length: no more than its start is measured on. */
  int calibrationImages(LearningLength learning) {
    return Math.min(calibrationImages(), LearnRecipe.calibrated(learning.images()));
  }

  /** What decides between bases that are corrected later: the nearer one of it and its like. */
  Agreement asCorrected(CompressedNetwork network) {
    if (options.corrections().equals(Corrections.NONE)) {
      return agreement(network);
    }
    CompressedNetwork corrected = reestimated(network);
    return agreement(isNearer(corrected, network) ? corrected : network);
  }

  /** Whether a network is nearer to the original than another one, on images held out. */
  boolean isNearer(CompressedNetwork network, CompressedNetwork than) {
    int images = session.data().heldOut().size();
    return agreement(network).isNearerThan(agreement(than), images);
  }

  /** Whether a network is farther from the original than another one, which is not chance. */
  boolean isClearlyFarther(CompressedNetwork network, CompressedNetwork than) {
    int images = session.data().heldOut().size();
    return agreement(network).isClearlyFartherThan(agreement(than), images);
  }

  /** How near a network is to the original on images held out. */
  Agreement agreement(CompressedNetwork network) {
    return agreements.computeIfAbsent(network.graph(), this::compared);
  }

  private Agreement compared(Graph graph) {
    Graph original = session.source().folded();
    return session.torch().agreement(original, graph, session.data().heldOut(), "compare outputs");
  }

  /** Both agreements in words. */
  String words(CompressedNetwork before, CompressedNetwork after) {
    return words(agreement(before)) + " before, " + words(agreement(after)) + " after";
  }

  /** An agreement in words. */
  String words(Agreement found) {
    List<String> figures = new ArrayList<>();
    figures.add(String.format(Locale.ROOT, "divergence %.3g", found.divergence()));
    if (found.top1() != null) {
      figures.add(String.format(Locale.ROOT, "agreement %.1f %%", found.top1()));
    }
    if (found.accuracy() != null) {
      figures.add(String.format(Locale.ROOT, "top-1 %.1f %%", found.accuracy()));
    }
    return String.join(", ", figures);
  }
}
