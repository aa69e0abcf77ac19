package dev.capstan.pipeline.stage;

import dev.capstan.job.CompressionOptions;
import dev.capstan.job.Corrections;
import dev.capstan.job.Corrections.Correction;
import dev.capstan.pipeline.input.Scorer;
import dev.capstan.pipeline.input.Session;
import dev.capstan.rank.allocate.RankAllocation;
import dev.capstan.recipe.TrainRecipe;
import dev.capstan.recipe.stage.Choices;
import dev.capstan.report.Quality;
import dev.capstan.report.Quality.Decision;
import dev.capstan.report.Scores;
import dev.capstan.report.Stage;
import dev.capstan.report.StageFigures;
import dev.capstan.torch.TorchSession;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A network's way through the stages after the choice of ranks, judged after each. What {@code
 * compress} does once, and {@code compare} for each of its rows.
 */
public final class CompressionPipeline {
  private final Session session;
  private final List<CompressionStage> stages;
  private final Map<Stage, Scores> scores = new EnumMap<>(Stage.class);
  private final List<Decision> decisions = new ArrayList<>();
  private @Nullable Choices choices;

  /**
   * A pipeline to be run once.
   *
   * @param baseline how good the original is, null if there is nothing to judge by
   */
  public CompressionPipeline(
      Session session, @Nullable Scores baseline, CompressionOptions options) {
    this(session, baseline, options, new Teachers(session));
  }

  /**
   * The same for one of several networks.
   *
   * @param teachers of all of them
   */
  public CompressionPipeline(
      Session session, @Nullable Scores baseline, CompressionOptions options, Teachers teachers) {
    this.session = session;
    this.stages = stages(new StageContext(session, options), teachers);
    record(Stage.BASELINE, baseline);
  }

  /** The stages that the options ask for: a new one is a line here, and one in {@link Stage}. */
  private static List<CompressionStage> stages(StageContext context, Teachers teachers) {
    CompressionOptions options = context.options();
    List<CompressionStage> stages = new ArrayList<>();
    stages.add(new ProjectionStage(context));
    addCorrections(stages, context);
    TrainRecipe recipe = options.tuning().recipe();
    if (recipe != null) {
      stages.add(new FineTuningStage(context, recipe, teachers));
    }
    return stages;
  }

  /** Statistics alone are the fallback where no refit stays. */
  private static void addCorrections(List<CompressionStage> stages, StageContext context) {
    Corrections corrections = context.options().corrections();
    if (corrections.reestimation() == Correction.ON) {
      stages.add(CorrectionStage.reestimation(context));
    }
    if (corrections.refit() != Correction.OFF) {
      stages.add(CorrectionStage.refit(context));
    }
    if (corrections.reestimation() == Correction.AUTO) {
      stages.add(CorrectionStage.reestimation(context));
    }
  }

  /**
   * Where a pipeline led.
   *
   * @param state the network after the last stage
   * @param scores what each stage was judged; stages that were not run, kept or judged are missing
   * @param decisions what each stage that was run has chosen
   * @param choices which class each image got of the last of them, null for outputs that are none
   */
  public record Outcome(
      CompressionState state,
      Map<Stage, Scores> scores,
      List<Decision> decisions,
      @Nullable Choices choices) {
    /** Share of images whose class has the largest output, in percent, at each stage. */
    public StageFigures top1() {
      return StageFigures.of(scores, Scores::top1);
    }

    /** Error of each output, by name. */
    public Map<String, StageFigures> outputError() {
      Map<String, StageFigures> errors = new LinkedHashMap<>();
      scores.values().stream()
          .flatMap(found -> found.outputError().keySet().stream())
          .forEach(
              name ->
                  errors.computeIfAbsent(
                      name, key -> StageFigures.of(scores, found -> found.outputError().get(key))));
      return errors;
    }

    /**
     * How good the network was at each stage, by all that is known.
     *
     * @param lost what its result has lost
     */
    public Quality quality(Session session, Quality.Lost lost) {
      return new Quality(
          top1(),
          StageFigures.of(scores, Scores::top5),
          outputError(),
          StageFigures.of(scores, Scores::agreement),
          StageFigures.of(scores, Scores::divergence),
          metric(session),
          decisions,
          lost);
    }

    /** What the result was judged; the last figure is always its own. */
    public Scores last() {
      return scores.values().stream().reduce((earlier, later) -> later).orElseThrow();
    }

    /** What the user's own metric said at each stage, null without one. */
    public Quality.@Nullable OwnMetric metric(Session session) {
      return session.scorer().ownMetric(StageFigures.of(scores, Scores::metric));
    }
  }

  /** Runs all stages. */
  public Outcome run(RankAllocation allocation) {
    CompressionState state = CompressionState.of(allocation);
    for (CompressionStage stage : stages) {
      if (stage.isSpared(decisions)) {
        continue;
      }
      TorchSession.releaseMemory();
      CompressionStage.Result result = stage.run(state);
      state = result.state();
      decisions.add(result.decision());
      if (result.kept()) {
        Scorer.Judged found =
            session.scorer().judged(state.network().graph(), stage.point().judging());
        choices = found.choices();
        record(stage.point(), found.scores());
      } else {
        // It has no figure: the last figure is always the result's.
        session.listener().note(stage.point().column() + ": not kept: " + result.decision().why());
      }
    }
    return new Outcome(state, scores, decisions, choices);
  }

  private void record(Stage stage, @Nullable Scores found) {
    if (found != null) {
      scores.put(stage, found);
    }
  }
}
