package dev.capstan.pipeline.stage;

import dev.capstan.data.DataSplit;
import dev.capstan.graph.Graph;
import dev.capstan.job.CompressionOptions;
import dev.capstan.job.Correction;
import dev.capstan.pipeline.input.Session;
import dev.capstan.recipe.Method;
import dev.capstan.recipe.TrainRecipe;
import dev.capstan.recipe.WorkListener;
import dev.capstan.report.CompressReport.Stages;
import dev.capstan.report.Scores;
import dev.capstan.report.Stage;
import dev.capstan.torch.Training;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A network's way through the stages after the choice of ranks: bases and smaller kernels,
 * re-estimation, refit, fine-tuning; judged after each. What {@code compress} does once, and {@code
 * compare} for each of its rows.
 */
public final class CompressionPipeline {
  private final Session material;
  private final CompressionOptions options;
  private final WorkListener listener;
  private final DataSplit portions;
  private final CorrectionStage correction;
  private final Map<Stage, Scores> figures = new EnumMap<>(Stage.class);

  /**
   * A course to be run once.
   *
   * @param baseline how good the original is, null if there is nothing to judge by
   */
  public CompressionPipeline(
      Session material,
      @Nullable Scores baseline,
      CompressionOptions options,
      WorkListener listener) {
    this.material = material;
    this.options = options;
    this.listener = listener;
    int images = material.learning().dataset().size();
    boolean decides =
        options.corrections().needJudgement()
            || options.bases().fewImages()
            || options.ranks().searchesDrop()
            || material.judge().holdsOut();
    this.portions = decides ? DataSplit.of(images) : DataSplit.whole(images);
    this.correction = new CorrectionStage(material, options, portions, listener);
    record(Stage.BASELINE, baseline);
  }

  /**
   * Where a course led.
   *
   * @param way the network after the last stage, and how it came there
   * @param figures what each stage was judged; stages that were not run or judged are missing
   */
  public record Outcome(CompressedNetwork way, Map<Stage, Scores> figures) {
    /** Share of images whose class has the largest output, in percent. */
    public Stages top1() {
      return Stages.of(figures, Scores::top1);
    }

    /** Share of images whose class is among the five largest, in percent. */
    public Stages top5() {
      return Stages.of(figures, Scores::top5);
    }

    /** Relative squared error of each output, by name; empty where outputs are classes. */
    public Map<String, Stages> outputError() {
      Map<String, Stages> errors = new LinkedHashMap<>();
      figures.values().stream()
          .flatMap(found -> found.outputError().keySet().stream())
          .forEach(
              name ->
                  errors.computeIfAbsent(
                      name, key -> Stages.of(figures, found -> found.outputError().get(key))));
      return errors;
    }

    /** The user's own metric. */
    public Stages metric() {
      return Stages.of(figures, Scores::metric);
    }
  }

  /** Runs all stages. */
  public Outcome run(RankAllocation ranking) {
    CompressedNetwork projected = projected(ranking);
    judge(Stage.PROJECTED, projected);
    CompressedNetwork tuned = tuned(refitted(reestimated(projected)));
    return new Outcome(tuned, figures);
  }

  private CompressedNetwork projected(RankAllocation ranking) {
    BasisStage stage = new BasisStage(material, options, portions.seen(), listener);
    CompressedNetwork chosen = stage.run(ranking, options.bases().method());
    return options.bases().fewImages()
        ? nearer(chosen, stage.run(ranking, Method.ACTIVATION))
        : chosen;
  }

  /** Of learned bases and a selection, what is nearer to the original once it is refitted. */
  private CompressedNetwork nearer(CompressedNetwork learned, CompressedNetwork selected) {
    double afterLearning = correction.divergence(correction.refitted(learned));
    double afterSelection = correction.divergence(correction.refitted(selected));
    return afterLearning <= afterSelection ? learned : selected;
  }

  private CompressedNetwork reestimated(CompressedNetwork way) {
    Correction policy = options.corrections().reestimation();
    return policy == Correction.OFF
        ? way
        : corrected(Stage.REESTIMATED, policy, way, correction.reestimated(way));
  }

  private CompressedNetwork refitted(CompressedNetwork way) {
    Correction policy = options.corrections().refit();
    return policy == Correction.OFF
        ? way
        : corrected(Stage.REFITTED, policy, way, correction.refitted(way));
  }

  /** A correction that is not kept has no figure: the last figure is always the result's. */
  private CompressedNetwork corrected(
      Stage stage, Correction policy, CompressedNetwork before, CompressedNetwork after) {
    CompressedNetwork decided = correction.decided(policy, before, after);
    if (decided.graph() == after.graph()) {
      judge(stage, decided);
    } else {
      listener.note(stage.words() + ": not kept, it leads away from the original");
    }
    return decided;
  }

  /** The trained network, the same one if no epoch is asked for. */
  private CompressedNetwork tuned(CompressedNetwork way) {
    TrainRecipe recipe = options.tuning().recipe();
    if (recipe == null) {
      return way;
    }
    // Images that the result is judged by stay unseen; those that decided a correction have told
    // what they had to.
    int[] images =
        judgedOnHeldOut()
            ? portions.seen()
            : DataSplit.whole(material.learning().dataset().size()).seen();
    Graph tuned =
        Training.fineTune(
            way.graph(),
            material.source().folded(),
            material.learning(),
            images,
            recipe.withSeed(options.seed()),
            material.setup().compute(),
            options.tuning().checkpoint(),
            listener);
    long seen = recipe.schedule().imagesSeen(images.length);
    CompressedNetwork result = way.with(tuned, way.seen().fineTuned(seen));
    judge(Stage.FINE_TUNED, result);
    return result;
  }

  /**
   * Whether figures of the result are taken on the images held out: what {@link AccuracyDropSearch}
   * does too.
   */
  private boolean judgedOnHeldOut() {
    boolean dropWithoutLabels = options.ranks().searchesDrop() && !material.judge().usesLabels();
    return material.judge().holdsOut() || dropWithoutLabels;
  }

  private void judge(Stage stage, CompressedNetwork way) {
    record(stage, material.judge().of(way.graph(), stage.words()));
  }

  private void record(Stage stage, @Nullable Scores evaluation) {
    if (evaluation != null) {
      figures.put(stage, evaluation);
    }
  }
}
