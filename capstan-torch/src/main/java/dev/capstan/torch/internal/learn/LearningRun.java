package dev.capstan.torch.internal.learn;

import dev.capstan.data.Batch;
import dev.capstan.data.DataSplit;
import dev.capstan.data.ImageSubset;
import dev.capstan.data.Order;
import dev.capstan.data.Steps;
import dev.capstan.error.InvalidInputException;
import dev.capstan.image.Augmentation;
import dev.capstan.recipe.WorkListener;
import dev.capstan.recipe.WorkListener.Figure;
import dev.capstan.recipe.stage.LearnRecipe;
import dev.capstan.torch.internal.distributed.Exchange;
import dev.capstan.torch.internal.engine.Execution;
import dev.capstan.torch.internal.engine.Forecast;
import dev.capstan.torch.internal.engine.StepLog;
import dev.capstan.torch.internal.learn.Learner.Loss;
import dev.capstan.torch.internal.loss.TaskLoss;
import dev.capstan.torch.internal.tensor.Tensors;
import dev.capstan.torch.internal.watch.Course;
import dev.capstan.torch.internal.watch.WatchedImages;
import dev.capstan.weights.TensorHash;
import java.util.List;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.Tensor;

/**
 * The steps of a recipe, watched on images held out: bases whose loss rises there go back to the
 * best ones so far, and on at a lower rate.
 */
final class LearningRun {
  /**
   * What bases may lose by the task's part: its steps are short, and what is lost in them is not
   * made up for as it is by longer ones that become shorter.
   */
  private static final double TASK_RISE = 1.25;

  /** A run of fewer steps does not make up for what its first ones lose. */
  private static final int SHORT = 400;

  /** What bases of such a run may lose. */
  private static final double SHORT_RISE = 1.5;

  /** Steps of a part that is looked at more often. */
  private static final int EARLY = 8;

  private final Learner learner;
  private final TaskLoss taskLoss;
  private final ImageSubset images;
  private final LearnRecipe recipe;
  private final Execution execution;
  private final WorkListener listener;
  private final Exchange exchange;
  private final WatchedImages watched;
  private Course course;
  private double last;

  /**
   * A run to be made once, by all processes together.
   *
   * @param learner at its start; stays the caller's
   * @throws InvalidInputException if the start's loss is no number
   */
  LearningRun(
      Learner learner,
      TaskLoss taskLoss,
      DataSplit images,
      LearnRecipe recipe,
      Execution execution,
      WorkListener listener,
      Exchange exchange) {
    this.exchange = exchange;
    this.learner = learner;
    this.taskLoss = taskLoss;
    this.images = images.seen();
    this.recipe = recipe;
    this.execution = execution;
    this.listener = listener;
    this.watched =
        WatchedImages.of(
            images.heldOut(), recipe.batch(), recipe.seed(), exchange, execution.threads());
    Loss start = watch();
    if (!Double.isFinite(start.total())) {
      throw new InvalidInputException(
          "the network's loss is no finite number before anything is learned: check the model and the preprocessing"
              + " (setting 'mean', setting 'std', setting 'range'), or try setting 'precision' fp32");
    }
    this.course = new Course(start.total(), start.rho(), 0);
  }

  /**
   * Takes the steps, or those that are left.
   *
   * @param begun what the learner began with
   * @param state where the run is kept, and goes on from
   * @return how many images all steps saw
   */
  long learn(LearningState.Begun begun, LearningState state) {
    LearningState.Place left = state.place(learner);
    LearningState.Place place = left == null ? LearningState.Place.first(course) : left;
    course = place.course();
    Order order =
        images.shuffled(recipe.seed()).limit(recipe.images()).skip(place.passed() * recipe.batch());
    try (Steps steps = steps(order)) {
      listener.begin("learn", recipe.steps());
      Forecast forecast = new Forecast("learning", recipe.steps() - place.step(), listener);
      long before = place.passed();
      while (steps.hasNext() && !course.isLost()) {
        Learner.Taken taken = step(steps.next(), place.step());
        if (taken.images() == 0) {
          continue;
        }
        place = place.after(taken.images(), before + steps.passed(), course);
        forecast.step();
        listener.advance(place.step(), List.of(new Figure("loss", taken.loss().rho())));
        state.offer(begun, learner, place);
      }
      learner.finish(rate(recipe.steps() - 1));
      listener.end();
    }
    end();
    return place.seen();
  }

  private Steps steps(Order order) {
    Augmentation changes = new Augmentation(0, recipe.mirrored(), recipe.seed());
    return images
        .store()
        .steps(order, changes, recipe.batch(), exchange.division(), execution.threads());
  }

  /** How often the bases went back. */
  int rollBacks() {
    return course.rollBacks();
  }

  /** Whether no better bases were found than those that the run began with. */
  boolean endedWorse() {
    return course.endsInVain(last);
  }

  /** A step on what all processes have of it; none where all of its images are damaged. */
  private Learner.Taken step(List<Batch> parts, int step) {
    if (step > 0 && recipe.stepOfPart(step) == 0) {
      beginPart();
    }
    StepLog.step("learning", step + 1, rate(step), parts);
    for (Batch part : parts) {
      try (PointerScope scope = new PointerScope()) {
        learner.gather(Tensors.of(part), task(part), recipe.taskWeight(step));
      }
    }
    Learner.Taken taken = learner.step(rate(step));
    if (taken.images() > 0 && !Double.isFinite(taken.loss().total())) {
      back(taken.loss().total(), step);
    } else if (taken.images() > 0 && looksAfter(step)) {
      look(step);
    }
    return taken;
  }

  /**
   * From here on another loss is lowered, by which the states before cannot be compared. Moments of
   * gradients that were many times smaller would make its first steps as many times too long.
   */
  private void beginPart() {
    learner.keep();
    learner.back();
    course = course.withBest(watch().total());
  }

  /** A part that begins may go wrong at once, whichever it is. */
  private boolean looksAfter(int step) {
    int ofPart = recipe.stepOfPart(step) + 1;
    return Course.looksAfter(step + 1, recipe.steps())
        || (ofPart <= EARLY && Course.looksAfter(ofPart, recipe.steps()));
  }

  private void look(int step) {
    Loss loss = watch();
    boolean late = recipe.taskWeight(step) > 0;
    double now = late ? loss.total() : loss.rho();
    double early = recipe.steps() < SHORT ? SHORT_RISE : Course.RISE;
    double rise = late ? TASK_RISE : early;
    if (course.rises(now, rise)) {
      back(now, step);
    } else if (course.improves(now)) {
      learner.keep();
      course = course.withBest(now);
    }
    agree("after step " + (step + 1));
  }

  private void agree(String when) {
    exchange.group().agree("learned bases " + when, () -> TensorHash.of(learner.state()));
  }

  private void back(double risen, int step) {
    learner.back();
    course = course.rolledBack();
    listener.note(course.told("learning", step + 1, risen));
  }

  /** The last bases are the result, or the best ones so far where these are better. */
  private void end() {
    last = watch().total();
    if (!(last <= course.best())) {
      learner.back();
      last = watch().total();
    }
    agree("at the end");
    if (endedWorse()) {
      listener.note(
          "learning: nothing better was found on images held out than the start: it stays");
    }
  }

  private double rate(int step) {
    return recipe.rate(step) * course.rate();
  }

  /**
   * The loss on images held out, with the task's part as it weighs in the end: always how far the
   * outputs are from the original's, which needs no labels and is what later decisions go by.
   */
  private Loss watch() {
    double[] means = watched.means(2, watched.batches().stream().map(this::figures).toList());
    return new Loss(means[0], means[1]);
  }

  private double[] figures(Batch batch) {
    double weight = recipe.taskWeight(recipe.steps() - 1);
    try (PointerScope scope = new PointerScope()) {
      Loss loss = learner.measure(Tensors.of(batch), this::divergence, weight);
      return new double[] {loss.total(), loss.rho()};
    }
  }

  private Learner.TaskTerm task(Batch batch) {
    return result ->
        images.isLabelled()
            ? taskLoss.crossEntropy(taskLoss.first(result.compressed()), batch.labels())
            : divergence(result);
  }

  private Tensor divergence(Lockstep.Result result) {
    return taskLoss.divergence(result.original(), result.compressed());
  }
}
