package dev.capstan.pipeline;

import dev.capstan.compress.Compression;
import dev.capstan.data.ImageStore;
import dev.capstan.graph.Graph;
import dev.capstan.pipeline.CompressReport.Stages;
import dev.capstan.recipe.LearnRecipe;
import dev.capstan.recipe.Learned;
import dev.capstan.recipe.TrainRecipe;
import dev.capstan.recipe.WorkListener;
import dev.capstan.space.Bases;
import dev.capstan.torch.Evaluation;
import dev.capstan.torch.ProjectionLearning;
import dev.capstan.torch.Training;
import java.util.EnumMap;
import java.util.Map;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * A network's way through the stages after the choice of ranks: bases, smaller kernels,
 * fine-tuning; judged after each.
 */
final class Course {
  private final Material material;
  private final CourseOptions options;
  private final WorkListener listener;
  private final Map<Stage, Evaluation> figures = new EnumMap<>(Stage.class);

  /**
   * A course to be run once.
   *
   * @param baseline how good the original is, null if there is nothing to judge by
   */
  Course(
      Material material,
      @Nullable Evaluation baseline,
      CourseOptions options,
      WorkListener listener) {
    this.material = material;
    this.options = options;
    this.listener = listener;
    record(Stage.BASELINE, baseline);
  }

  /**
   * Where a course led.
   *
   * @param bases what the kernels were made smaller with
   * @param graph the network after the last stage
   * @param figures what each stage was judged; stages that were not run or judged are missing
   */
  record Outcome(Bases bases, Graph graph, Map<Stage, Evaluation> figures, ImagesSeen seen) {
    /** Share of images whose class has the largest output, in percent. */
    Stages top1() {
      return Stages.of(figures, Evaluation::top1);
    }

    /** Share of images whose class is among the five largest, in percent. */
    Stages top5() {
      return Stages.of(figures, Evaluation::top5);
    }
  }

  /** Runs all stages. */
  Outcome run(Ranking ranking) {
    Learned learned = learn(ranking);
    Graph projected = Compression.apply(original(), ranking.spaces(), learned.bases());
    judge(Stage.PROJECTED, projected);
    Graph tuned = fineTune(projected);
    return new Outcome(learned.bases(), tuned, figures, seen(learned));
  }

  private Graph original() {
    return material.source().folded();
  }

  private void judge(Stage stage, Graph graph) {
    record(stage, material.judge().of(graph, stage.words()));
  }

  private void record(Stage stage, @Nullable Evaluation evaluation) {
    if (evaluation != null) {
      figures.put(stage, evaluation);
    }
  }

  private Learned learn(Ranking ranking) {
    return ProjectionLearning.learn(
        original(),
        ranking.spaces(),
        ranking.ranks(),
        material.learning(),
        all(),
        LearnRecipe.standard(learnImages(), options.seed()),
        material.setup().compute(),
        listener);
  }

  private int learnImages() {
    return options.bases().images(material.learning().dataset().size());
  }

  private int[] all() {
    return IntStream.range(0, material.learning().dataset().size()).toArray();
  }

  /** The trained network, the same one if no epoch is asked for. */
  private Graph fineTune(Graph graph) {
    int epochs = options.tuning().epochs();
    if (epochs == 0) {
      return graph;
    }
    ImageStore images = material.learning();
    TrainRecipe recipe = TrainRecipe.fineTuning(epochs, options.seed());
    Graph tuned =
        Training.fineTune(
            graph, original(), images, all(), recipe, material.setup().compute(), null, listener);
    judge(Stage.FINE_TUNED, tuned);
    return tuned;
  }

  private ImagesSeen seen(Learned learned) {
    long learning = Math.min(learned.imagesSeen(), learnImages());
    long tuning = (long) options.tuning().epochs() * material.learning().dataset().size();
    return new ImagesSeen(learned.imagesSeen() - learning, learning, tuning);
  }
}
