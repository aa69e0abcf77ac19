package dev.capstan.pipeline.stage;

import dev.capstan.compress.CompressedNetwork;
import dev.capstan.data.ImageSubset;
import dev.capstan.graph.Graph;
import dev.capstan.job.CompressionOptions;
import dev.capstan.job.Corrections.Correction;
import dev.capstan.pipeline.input.Session;
import dev.capstan.recipe.stage.CalibrationRecipe;
import dev.capstan.recipe.stage.RefitRecipe;
import java.util.Map;
import java.util.WeakHashMap;

/**
 * What the stages of one compression share: the session, the options, which images they may see,
 * and what images held out say of a network.
 *
 * <p>A choice between two networks refits and compares what later stages ask for again, so that is
 * remembered.
 */
final class StageContext {
  /** Images that a correction sees, at most. */
  private static final int IMAGES = 2000;

  private static final int BATCH = 64;

  private final Session session;
  private final CompressionOptions options;

  /** By the network before, which is equal to itself alone; gone when nothing else needs that. */
  private final Map<Graph, Graph> refits = new WeakHashMap<>();

  private final Map<Graph, Double> divergences = new WeakHashMap<>();

  StageContext(Session session, CompressionOptions options) {
    this.session = session;
    this.options = options;
  }

  Session session() {
    return session;
  }

  CompressionOptions options() {
    return options;
  }

  /** Images that bases and corrections may be learned from: not those that decide on them. */
  ImageSubset learnable() {
    boolean decides =
        options.corrections().needJudgement()
            || options.bases().fewImages()
            || options.ranks().searchesDrop()
            || session.scorer().holdsOut();
    return decides ? session.data().seen() : session.data().all();
  }

  /**
   * Images that weights may be trained on. Those that the result is judged by stay unseen; what was
   * held out for decisions alone has told what it had to.
   */
  ImageSubset trainable() {
    // Without labels to judge by the drop is told on the images held out.
    boolean tellsDrop = options.ranks().searchesDrop() && !session.scorer().usesLabels();
    boolean judgedOnHeldOut = session.scorer().holdsOut() || tellsDrop;
    return judgedOnHeldOut ? session.data().seen() : session.data().all();
  }

  /** How many images a correction sees. */
  int correctionImages() {
    return Math.min(IMAGES, learnable().size());
  }

  /** With the original's mean and variance in each channel. */
  CompressedNetwork reestimated(CompressedNetwork network) {
    CalibrationRecipe recipe = new CalibrationRecipe(IMAGES, BATCH, options.seed());
    return network.with(session.torch().reestimate(network, learnable(), recipe));
  }

  /** With weights solved for. */
  CompressedNetwork refitted(CompressedNetwork network) {
    return network.with(refits.computeIfAbsent(network.graph(), graph -> solved(network)));
  }

  private Graph solved(CompressedNetwork network) {
    RefitRecipe recipe = RefitRecipe.standard(correctionImages(), options.seed());
    return session.torch().refit(network, learnable(), recipe);
  }

  /** Whether a corrected network takes the place of the one before: if it is nearer, or asked. */
  boolean keeps(Correction policy, CompressedNetwork before, CompressedNetwork after) {
    return policy == Correction.ON || divergence(after) < divergence(before);
  }

  /** How far a network is from the original on images held out. */
  double divergence(CompressedNetwork network) {
    return divergences.computeIfAbsent(network.graph(), this::compared);
  }

  private double compared(Graph graph) {
    Graph original = session.source().folded();
    return session.torch().agreement(original, graph, session.data().heldOut()).divergence();
  }
}
