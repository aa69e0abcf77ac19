package dev.capstan.pipeline.stage;

import static java.util.Objects.requireNonNull;

import dev.capstan.graph.Graph;
import dev.capstan.job.CompressionOptions;
import dev.capstan.pipeline.input.Session;
import dev.capstan.recipe.TrainRecipe;

/**
 * The original, trained like the compressed networks: it tells how much of what fine-tuning gains
 * is plain training.
 *
 * @param graph the network; the original itself, where nothing better was found
 * @param imagesSeen in all steps
 */
public record TrainedOriginal(Graph graph, long imagesSeen) {
  /**
   * Whether training may gain anything: taught by nothing but its own outputs, the original has
   * nothing to learn.
   */
  public static boolean learns(Session session, CompressionOptions options) {
    TrainRecipe recipe = options.tuning().recipe();
    boolean labels = session.data().seen().isLabelled() && session.input().classifies();
    return recipe != null && labels && recipe.loss().distillation() < 1;
  }

  /** Trains the original by the recipe of the options, which must have one. */
  public static TrainedOriginal of(Session session, CompressionOptions options) {
    TrainRecipe recipe = requireNonNull(options.tuning().recipe());
    FineTuningStage.Trained trained =
        new FineTuningStage(new StageContext(session, options), recipe)
            .trained(session.source().folded());
    return new TrainedOriginal(trained.graph(), trained.imagesSeen());
  }
}
