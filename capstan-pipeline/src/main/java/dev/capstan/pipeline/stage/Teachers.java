package dev.capstan.pipeline.stage;

import dev.capstan.data.DataSplit;
import dev.capstan.data.ImageSubset;
import dev.capstan.graph.Graph;
import dev.capstan.job.TuneOptions;
import dev.capstan.pipeline.input.Session;
import dev.capstan.recipe.TrainRecipe;
import dev.capstan.recipe.stage.Training;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What teaches the compressed networks of a job: the original, trained on labels before, if that is
 * asked for (docs/method.md, section 6.4). It is trained once for all networks that are trained by
 * one recipe on the same images.
 */
public final class Teachers {
  private final Session session;
  private final Map<Key, TrainedNetwork> trained = new HashMap<>();

  /** None is trained yet. */
  public Teachers(Session session) {
    this.session = session;
  }

  /** What a teacher hangs on. */
  private record Key(TrainRecipe recipe, int images) {}

  /** Whether the original is trained before it teaches. */
  static boolean learn(Session session, TuneOptions tuning) {
    TrainRecipe recipe = tuning.recipe();
    return recipe != null
        && recipe.loss().distillation() > 0
        && tuning.teacherEpochs() > 0
        && TrainedNetwork.originalLearns(session, tuning);
  }

  /**
   * The teacher of a network.
   *
   * @param student the network before its training, with folded BatchNorm or without
   * @param recipe by which it will be trained
   */
  TrainedNetwork of(Graph student, DataSplit images, TrainRecipe recipe, TuneOptions tuning) {
    Graph original = session.source().folded();
    if (!learn(session, tuning)) {
      return new TrainedNetwork(original, 0);
    }
    TrainRecipe labels = recipe.ofLabels(tuning.teacherEpochs());
    TrainedNetwork teacher =
        trained.computeIfAbsent(
            new Key(labels, images.seen().size()),
            key -> train(original, images, new Training(labels, beside(tuning.checkpoint()))));
    // The original itself, trained alike to compare with, knows images held out by heart.
    if (student == original || accuracy(teacher.graph()) >= accuracy(student)) {
      return teacher;
    }
    session
        .listener()
        .note(
            "fine-tuning: trained on labels the original is no better than the network: it teaches as it was");
    return new TrainedNetwork(original, teacher.imagesSeen());
  }

  private TrainedNetwork train(Graph original, DataSplit images, Training training) {
    session.listener().note("fine-tuning: first the original, which teaches, on labels alone");
    // Not watched: where it was trained on images held out, as it often was, these would say that
    // it does nothing but forget.
    ImageSubset none = images.heldOut().sample(0, training.recipe().seed());
    DataSplit unwatched = new DataSplit(images.seen(), none, images.all());
    Graph graph = session.torch().fineTune(original, null, unwatched, training);
    return new TrainedNetwork(graph, training.recipe().schedule().imagesSeen(images.seen().size()));
  }

  private double accuracy(Graph graph) {
    return session.torch().evaluate(graph, session.data().heldOut(), "compare outputs").top1();
  }

  private static @Nullable Path beside(@Nullable Path checkpoint) {
    return checkpoint == null
        ? null
        : checkpoint.resolveSibling(checkpoint.getFileName() + ".teacher");
  }
}
