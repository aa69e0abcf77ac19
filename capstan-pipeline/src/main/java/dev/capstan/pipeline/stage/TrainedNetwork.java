package dev.capstan.pipeline.stage;

import static java.util.Objects.requireNonNull;

import dev.capstan.graph.Graph;
import dev.capstan.job.CompressionOptions;
import dev.capstan.job.TuneOptions;
import dev.capstan.pipeline.input.Session;
import dev.capstan.recipe.TrainRecipe;

/**
 * What training made of a network.
 *
 * @param graph the network that was given, where nothing better was found
 * @param imagesSeen in all steps
 */
public record TrainedNetwork(Graph graph, long imagesSeen) {
  /**
   * Whether the original may gain anything by training: taught by nothing but its own outputs, it
   * has nothing to learn.
   */
  public static boolean originalLearns(Session session, TuneOptions tuning) {
    TrainRecipe recipe = tuning.recipe();
    boolean labels = session.data().seen().isLabelled() && session.input().classifies();
    return recipe != null && labels && recipe.loss().distillation() < 1;
  }

  /**
   * The original, trained like the compressed networks, by the recipe of the options, which must
   * have one: it tells how much of what fine-tuning gains is plain training.
   */
  public static TrainedNetwork ofOriginal(
      Session session, CompressionOptions options, Teachers teachers) {
    TrainRecipe recipe = requireNonNull(options.tuning().recipe());
    return new FineTuningStage(new StageContext(session, options), recipe, teachers)
        .trained(session.source().folded());
  }
}
