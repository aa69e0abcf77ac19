package dev.capstan.pipeline.stage;

import dev.capstan.compress.CompressedNetwork;
import dev.capstan.data.ImageSubset;
import dev.capstan.graph.Graph;
import dev.capstan.job.CompressionOptions;
import dev.capstan.job.Corrections.Correction;
import dev.capstan.pipeline.input.Session;
import dev.capstan.recipe.stage.CalibrationRecipe;
import dev.capstan.recipe.stage.RefitRecipe;
import dev.capstan.torch.Agreement;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
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

  private final Map<Graph, Agreement> agreements = new WeakHashMap<>();

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

  /** Images that may be learned from: not those that decide on what was learned. */
  ImageSubset learnable() {
    return session.data().seen();
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

  /** With the weights that later stages will give it, as far as they decide between bases. */
  CompressedNetwork asCorrected(CompressedNetwork network) {
    return refits() ? refitted(network) : network;
  }

  /** What {@link #asCorrected} does, in words that end a sentence. */
  String corrections() {
    return refits() ? ", both after the refit" : "";
  }

  private boolean refits() {
    return options.corrections().refit() != Correction.OFF;
  }

  /** How near a network is to the original on images held out. */
  Agreement agreement(CompressedNetwork network) {
    return agreements.computeIfAbsent(network.graph(), this::compared);
  }

  private Agreement compared(Graph graph) {
    Graph original = session.source().folded();
    return session.torch().agreement(original, graph, session.data().heldOut(), null);
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
