package dev.capstan.pipeline.stage;

import dev.capstan.cost.WorkBudget;
import dev.capstan.graph.Graph;
import dev.capstan.job.CompressionOptions;
import dev.capstan.job.CompressionOptions.Effort;
import dev.capstan.job.Corrections;
import dev.capstan.pipeline.input.Session;
import dev.capstan.pipeline.stage.WorkPlan.Part;
import dev.capstan.rank.Goal;
import dev.capstan.recipe.Method;
import dev.capstan.recipe.TrainRecipe;
import dev.capstan.recipe.stage.LearnRecipe;
import dev.capstan.recipe.stage.MeasureRecipe;
import dev.capstan.torch.TorchSession;
import java.util.ArrayList;
import java.util.List;

/** Plans what a compression looks at, for a number of forward runs or for a time. */
public record WorkPlanner(Session session, RankStage ranks, CompressionOptions options) {
  /** How long a counted run takes in a stage, beside a plain one: docs/experiments.md, "Time". */
  private static final double MEASURING = 2;

  private static final double CALIBRATING = 1.7;
  private static final double EXCHANGING = 2.5;
  private static final double LEARNING = 1.8;
  private static final double CORRECTING = 2;
  private static final double TRAINING = 1.6;

  /** Networks that are compared with the original on images held out, and on those to judge by. */
  private static final int COMPARED = 4;

  private static final int JUDGED = 2;

  /** Bytes that the program takes by itself, and those that solving for weights may take more. */
  private static final double BASE = 4e8;

  private static final double SOLVING = 2.2e9;

  /** What learning and refitting keep, and training, in files of the result's size. */
  private static final int STATES = 2;

  private static final int TRAINING_STATES = 3;

  /** Seconds that writing, verifying and timing the result take at least. */
  private static final double WRITING = 5;

  /** Share that is kept where the goal does not say. */
  private static final double KEPT = 0.5;

  /** By what the runs that suit are multiplied at most. */
  private static final double RANGE = 1000;

  /** Less would measure nothing. */
  private static final double LEAST = 1000;

  private static final int HALVINGS = 40;

  /**
   * The plan for the effort that is asked for.
   *
   * @param secondsPerRun that a forward run of one image takes
   * @param elapsed seconds of the job that are over
   */
  public WorkPlan plan(double secondsPerRun, double elapsed) {
    Effort effort = options.effort();
    long runs = effort.forwardRuns();
    if (runs == 0) {
      long suits = Math.round(WorkBudget.of(original()).all());
      double left = effort.seconds() - elapsed - WRITING;
      runs = effort.seconds() > 0 ? bought(suits, left / secondsPerRun) : suits;
    }
    return plan(runs, secondsPerRun);
  }

  private WorkPlan plan(long runs, double secondsPerRun) {
    StageContext context = context(runs);
    ranks.spend(measuring(context.budget()));
    return new WorkPlan(runs, parts(context), secondsPerRun, bytes(context), disk());
  }

  /**
   * Few photos show what a detector looks for: where nothing is exchanged, it sees more of them.
   */
  private double measuring(WorkBudget budget) {
    boolean unspent =
        options.bases().method().equals(Method.CAP)
            && TorchSession.finds(original())
            && ranks.exchangeRuns(budget.exchange()) == 0;
    return budget.sensitivities() + (unspent ? budget.exchange() : 0);
  }

  /** The most runs whose plan costs no more than a number of plain ones. */
  private long bought(long suits, double plain) {
    double low = Math.min(LEAST, suits);
    double high = suits * RANGE;
    for (int i = 0; i < HALVINGS; i++) {
      double middle = Math.sqrt(low * high);
      if (plan(Math.round(middle), 1).seconds() <= plain) {
        low = middle;
      } else {
        high = middle;
      }
    }
    return Math.round(low);
  }

  /** Of the stages that keep much, the one that keeps most. */
  private double bytes(StageContext context) {
    double each = TrainingLength.activations(original());
    int corrected = context.corrections(kept()).equations();
    double both = LearningLength.activations(original(), kept());
    double solving = Math.min(SOLVING, both * corrected);
    double learning = both * context.learning(kept()).batch();
    double training =
        options.tuning().recipe() == null ? 0 : each * context.training(kept()).batch();
    return BASE + Math.max(solving, Math.max(learning, training));
  }

  /** A copy of the model, the result and its bases, and what stages keep to go on from. */
  private double disk() {
    int states = options.tuning().recipe() == null ? STATES : STATES + TRAINING_STATES;
    return session.source().bytes() * (1 + kept() * (1 + states));
  }

  private StageContext context(long runs) {
    double seconds = options.effort().seconds();
    return new StageContext(session, options.with(new Effort(seconds, runs)));
  }

  private Graph original() {
    return session.source().folded();
  }

  private double kept() {
    Goal goal = options.ranks().goal();
    return goal.kind() == Goal.Kind.KEEP_MACS ? goal.amount() : KEPT;
  }

  private List<Part> parts(StageContext context) {
    List<Part> parts = new ArrayList<>();
    MeasureRecipe.Extent extent = ranks.extent();
    if (extent.runs() > 0) {
      String what = "%d images at up to %d ranks".formatted(extent.measured(), extent.ranks());
      parts.add(new Part("sensitivities", what, extent.runs(), MEASURING));
    }
    addTries(context, parts);
    addBases(context, parts);
    if (!options.corrections().equals(Corrections.NONE)) {
      addCorrections(context, parts);
    }
    TrainRecipe recipe = options.tuning().recipe();
    if (recipe != null) {
      if (Teachers.learn(session, options.tuning())) {
        parts.add(teacher(context, recipe));
      }
      parts.add(training(context, recipe));
    }
    double judged = JUDGED * session.scorer().compared().size();
    double runs = (judged + COMPARED * session.data().heldOut().size()) * (1 + kept());
    parts.add(new Part("judging", "images held out and those to judge by", runs, 1));
    return parts;
  }

  /** Of a search the most tries: each has bases of its own and is corrected. */
  private void addTries(StageContext context, List<Part> parts) {
    double each = context.corrections(kept()).forwardRuns();
    if (options.ranks().searchesDrop()) {
      double learned = Math.min(AccuracyDropSearch.TRIAL_IMAGES, context.learning(kept()).images());
      double share = learned / context.learning(kept()).images();
      double runs = each + share * context.learning(kept()).forwardRuns();
      parts.add(
          new Part(
              "tries", "bases learned from few views", AccuracyDropSearch.TRIES * runs, LEARNING));
    } else if (options.ranks().searchesShare()) {
      double runs = each + context.calibrationImages();
      parts.add(
          new Part(
              "tries", "channels chosen, weights solved", ShareSearch.TRIES * runs, CORRECTING));
    }
  }

  private void addBases(StageContext context, List<Part> parts) {
    int calibrated = context.calibrationImages();
    if (!options.bases().method().equals(Method.CAP)) {
      parts.add(new Part("channels", calibrated + " images", calibrated, CALIBRATING));
      return;
    }
    double exchange = ranks.exchangeRuns(context.budget().exchange());
    if (exchange > 0) {
      parts.add(new Part("exchange", "as many tries as that buys", exchange, EXCHANGING));
    }
    LearningLength length = context.learning(kept());
    int first = Math.min(context.learnable().size(), LearnRecipe.calibrated(length.images()));
    double gradients = TorchSession.gradientRuns(original(), first);
    double drawing = drawing(context.learnable().size(), length.images());
    double selected = context.calibrationImages(length);
    double runs = length.forwardRuns() + selected + first + gradients + drawing;
    parts.add(new Part("learning", length.views(), runs, LEARNING));
  }

  private void addCorrections(StageContext context, List<Part> parts) {
    CorrectionLength length = context.corrections(kept());
    String what =
        "statistics of %d images, equations of %d"
            .formatted(length.statistics(), length.equations());
    parts.add(new Part("corrections", what, length.forwardRuns(), CORRECTING));
  }

  private Part training(StageContext context, TrainRecipe recipe) {
    int available = context.learnable().size();
    TrainingLength length =
        options.tuning().automatic()
            ? context.training(kept())
            : TrainingLength.of(kept(), recipe.schedule(), available);
    double views = (double) length.images() * length.epochs();
    int steps = (int) Math.ceil(views / length.batch());
    int heldOut = context.session().data().heldOut().size();
    double runs =
        length.forwardRuns()
            + TorchSession.watchingRuns(steps, heldOut, kept())
            + drawing(available, views);
    return new Part("training", length.views(), runs, TRAINING);
  }

  /** Each view is a forward and a backward run of the original. */
  private Part teacher(StageContext context, TrainRecipe recipe) {
    TrainRecipe labels = recipe.ofLabels(options.tuning().teacherEpochs());
    int available = context.learnable().size();
    double runs = (double) Views.PASSES * labels.schedule().imagesSeen(available);
    String passes = TrainingLength.passes(labels.schedule().epochs());
    return new Part("teacher", passes + " of the original over labels", runs, TRAINING);
  }

  /** A detector is asked in which images it finds most: these are drawn oftener. */
  private double drawing(int available, double views) {
    return TorchSession.finds(original()) ? Math.min(available, views) : 0;
  }
}
