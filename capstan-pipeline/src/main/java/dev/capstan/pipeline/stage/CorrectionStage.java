package dev.capstan.pipeline.stage;

import dev.capstan.data.DataSplit;
import dev.capstan.graph.Graph;
import dev.capstan.job.CompressionOptions;
import dev.capstan.job.Correction;
import dev.capstan.job.Corrections;
import dev.capstan.pipeline.input.Session;
import dev.capstan.recipe.CalibrationRecipe;
import dev.capstan.recipe.RefitRecipe;
import dev.capstan.recipe.WorkListener;
import dev.capstan.torch.Agreement;
import dev.capstan.torch.BatchNormReestimation;
import dev.capstan.torch.Refit;
import java.util.Map;
import java.util.WeakHashMap;

/**
 * The stages that correct weights in closed form: see {@link Corrections}. A choice between two
 * networks refits and compares what later stages ask for again, so that is remembered.
 */
final class CorrectionStage {
  /** Images that a correction sees, at most. */
  private static final int IMAGES = 2000;

  private static final int BATCH = 64;

  private final Session material;
  private final CompressionOptions options;
  private final DataSplit portions;
  private final WorkListener listener;

  /** By the network before, which is equal to itself alone; gone when nothing else needs that. */
  private final Map<Graph, Graph> refits = new WeakHashMap<>();

  private final Map<Graph, Double> divergences = new WeakHashMap<>();

  CorrectionStage(
      Session material, CompressionOptions options, DataSplit portions, WorkListener listener) {
    this.material = material;
    this.options = options;
    this.portions = portions;
    this.listener = listener;
  }

  /** With the original's mean and variance in each channel. */
  CompressedNetwork reestimated(CompressedNetwork way) {
    Graph changed =
        BatchNormReestimation.apply(
            way.graph(),
            way.ranking().graph(),
            way.ranking().spaces(),
            way.bases(),
            material.learning(),
            portions.seen(),
            new CalibrationRecipe(IMAGES, BATCH, options.seed()),
            material.setup().compute());
    return way.with(changed, way.seen().calibrated(images()));
  }

  /** With weights solved for. */
  CompressedNetwork refitted(CompressedNetwork way) {
    Graph changed = refits.computeIfAbsent(way.graph(), graph -> solved(way));
    return way.with(changed, way.seen().refitted(images()));
  }

  private Graph solved(CompressedNetwork way) {
    return Refit.solve(
        way.ranking().graph(),
        way.ranking().spaces(),
        way.bases(),
        way.graph(),
        material.learning(),
        portions.seen(),
        RefitRecipe.standard(images(), options.seed()),
        material.setup().compute(),
        listener);
  }

  private int images() {
    return Math.min(IMAGES, portions.seen().length);
  }

  /** What the policy says: the corrected network, or the one before if that is nearer. */
  CompressedNetwork decided(Correction policy, CompressedNetwork before, CompressedNetwork after) {
    boolean keep = policy == Correction.ON || divergence(after) < divergence(before);
    return keep ? after : before.with(before.graph(), after.seen());
  }

  /** How far a network is from the original on images held out. */
  double divergence(CompressedNetwork way) {
    return divergences.computeIfAbsent(way.graph(), this::compared);
  }

  private double compared(Graph graph) {
    return Agreement.of(
            material.source().folded(),
            graph,
            material.learning(),
            portions.heldOut(),
            material.setup().compute())
        .divergence();
  }
}
