package dev.capstan.torch.internal.train;

import dev.capstan.data.Batch;
import dev.capstan.data.DataSplit;
import dev.capstan.data.ImageStore;
import dev.capstan.data.ImageSubset;
import dev.capstan.data.Order;
import dev.capstan.data.Steps;
import dev.capstan.error.InvalidInputException;
import dev.capstan.graph.Graph;
import dev.capstan.recipe.Compute;
import dev.capstan.recipe.TrainRecipe;
import dev.capstan.recipe.TrainRecipe.Optimizer;
import dev.capstan.recipe.WorkListener;
import dev.capstan.recipe.stage.Training;
import dev.capstan.torch.internal.checkpoint.RunCheckpoint;
import dev.capstan.torch.internal.checkpoint.TrainingState;
import dev.capstan.torch.internal.distributed.Exchange;
import dev.capstan.torch.internal.distributed.Parcel;
import dev.capstan.torch.internal.distributed.ProcessGroup;
import dev.capstan.torch.internal.engine.Execution;
import dev.capstan.torch.internal.engine.StepLog;
import dev.capstan.torch.internal.loss.TaskLoss;
import dev.capstan.torch.internal.loss.TellingImages;
import dev.capstan.torch.internal.tensor.Tensors;
import dev.capstan.torch.internal.watch.Course;
import dev.capstan.torch.internal.watch.WatchedImages;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.zip.CRC32;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.Tensor;
import org.jspecify.annotations.Nullable;

/** Trains all weights of networks by one recipe on one set of images. */
final class TrainingLoop {
  private final ImageSubset images;
  private final ImageSubset heldOut;
  private final TrainRecipe recipe;
  private final Training training;
  private final Execution execution;
  private final WorkListener listener;
  private final Exchange exchange;
  private final int steps;
  private final int batch;

  /**
   * A loop over some images.
   *
   * @param split the images to learn from, and those that the course is watched on
   * @param exchange with the processes that take their part in steps and looks ({@link #follow})
   */
  TrainingLoop(
      DataSplit split,
      Training training,
      Execution execution,
      WorkListener listener,
      Exchange exchange) {
    this.exchange = exchange;
    this.images = split.seen();
    this.heldOut = split.heldOut();
    this.recipe = training.recipe();
    this.training = training;
    this.execution = execution;
    this.listener = listener;
    this.batch = recipe.schedule().batchOf(images.size());
    this.steps = recipe.schedule().steps(images.size());
  }

  /**
   * The network after the last epoch, or the best one of the way where that is worse than the
   * start.
   *
   * @param teacher the network that it is compared with, null to learn from labels alone
   * @param features of both, as they are before the first step; null to compare outputs alone
   * @return null where nothing better than the start was found
   * @throws InvalidInputException if the checkpoint belongs to another run
   */
  @Nullable Graph train(Graph graph, @Nullable Teacher teacher, @Nullable Features features) {
    RunCheckpoint checkpoint = checkpoint(run(graph, teacher));
    TrainingState left = checkpoint.left(steps, listener);
    Graph original = teacher == null ? null : teacher.graph();
    TrainingWork work = new TrainingWork(graph, original, features, drawn(teacher), left);
    work.send(recipe, images, heldOut, exchange);
    return train(work, teacher, checkpoint);
  }

  /** Takes this process's part in the steps of a training that another one leads. */
  static void follow(Parcel parcel, ImageStore store, Compute compute, ProcessGroup group) {
    Execution execution = Execution.of(compute);
    TrainingLoop loop =
        new TrainingLoop(
            TrainingWork.split(parcel, store),
            new Training(TrainingWork.recipe(parcel), null),
            execution,
            WorkListener.NONE,
            parcel.exchange(group));
    TrainingWork work = TrainingWork.of(parcel, store, execution.precision().storage());
    Graph original = work.teacher();
    try (Features features = work.features()) {
      loop.train(
          work,
          original == null ? null : new Teacher(original, Execution.ofTargets(compute)),
          loop.checkpoint(""));
    }
  }

  private RunCheckpoint checkpoint(String run) {
    return new RunCheckpoint(training, run, execution.threads());
  }

  /** What all processes do together. */
  private @Nullable Graph train(
      TrainingWork work, @Nullable Teacher teacher, RunCheckpoint checkpoint) {
    Features features = work.features();
    try (Student student = new Student(work.graph(), features, recipe, execution, exchange);
        Objective objective =
            new Objective(
                loss(work.graph(), teacher),
                teacher,
                features,
                images.isLabelled(),
                recipe.loss(),
                execution.precision())) {
      TrainingState left = work.left();
      Optimizer optimizer = recipe.schedule().optimizer();
      try (Watch watch = new Watch(student, objective, watched(), optimizer, listener)) {
        // Only now: what a run is judged by is its start.
        if (left != null) {
          student.resume(left);
        }
        if (left != null && left.course() != null) {
          watch.resume(left.course());
        }
        int done = left == null ? 0 : left.step();
        try (TaughtSteps taught = new TaughtSteps(shared(work.drawn(), done), objective, done)) {
          listener.begin("train", steps);
          steps(new Pupil(student, objective, watch, checkpoint), taught, done);
          listener.end();
        }
        return watch.end() ? student.trained() : null;
      }
    }
  }

  private TaskLoss loss(Graph graph, @Nullable Teacher teacher) {
    TaskLoss loss = new TaskLoss(graph);
    return teacher == null
        ? loss
        : loss.measuredForDivergence(teacher.graph(), images, teacher.execution());
  }

  /** What all steps of a run work on. */
  private record Pupil(
      Student student, Objective objective, Watch watch, RunCheckpoint checkpoint) {
    TrainingState state(int done) {
      return student.state(done, checkpoint.run(), watch.course());
    }
  }

  private WatchedImages watched() {
    return WatchedImages.of(heldOut, batch, recipe.seed(), exchange, execution.threads());
  }

  private ImageSubset drawn(@Nullable Teacher teacher) {
    return teacher == null
        ? images
        : TellingImages.oftener(teacher.graph(), images, views(), teacher.execution());
  }

  private long views() {
    return (long) steps * batch;
  }

  private Steps shared(ImageSubset drawn, int done) {
    Order order = drawn.shuffled(recipe.seed()).limit(views()).skip((long) done * batch);
    return images
        .store()
        .steps(order, recipe.augmentation(), batch, exchange.division(), execution.threads());
  }

  private void steps(Pupil pupil, TaughtSteps taught, int first) {
    Progress progress = new Progress(listener, steps - first);
    while (taught.hasNext() && !pupil.watch.course().isLost()) {
      try (TaughtSteps.Share share = taught.next()) {
        StepSums.Together step = step(pupil, taught, share);
        // Where all images of a step are damaged, there is a step less, but the place is the same.
        if (step.images() > 0) {
          took(pupil, progress, share.number(), step);
        }
      }
    }
  }

  private void took(Pupil pupil, Progress progress, int done, StepSums.Together step) {
    try {
      progress.step(done, step.images(), step.loss());
    } catch (RuntimeException stopped) {
      // Only here, between two steps, is the state one that a whole run passes through.
      pupil.checkpoint.save(() -> pupil.state(done));
      throw stopped;
    }
    // On the way so often that little is lost, and so rarely that it takes little of the time.
    if (done == steps) {
      pupil.checkpoint.save(() -> pupil.state(done));
    } else {
      pupil.checkpoint.keep(() -> pupil.state(done));
    }
  }

  /** A step on what all processes have of it; not taken where the loss before it is no number. */
  private StepSums.Together step(Pupil pupil, TaughtSteps taught, TaughtSteps.Share share) {
    int done = share.number();
    double height = recipe.height(done - 1, steps) * pupil.watch.course().rate();
    StepLog.step("training", done, height, share.parts());
    pupil.student.setStatisticsMomentum(recipe.statisticsMomentum(done - 1, steps));
    gather(pupil, taught, share);
    StepSums.Together step = pupil.student.bringTogether(taught::begin);
    if (step.isSound()) {
      try (PointerScope scope = new PointerScope()) {
        pupil.student.step(done, height);
      }
      if (Course.looksAfter(done, steps)) {
        pupil.watch.look(done);
      }
    } else if (step.images() > 0) {
      pupil.watch.back(done, step.loss());
    }
    return step;
  }

  private static void gather(Pupil pupil, TaughtSteps taught, TaughtSteps.Share share) {
    List<Batch> parts = share.parts();
    for (int i = 0; i < parts.size(); i++) {
      if (i == 0) {
        gather(pupil, parts.get(i), share.targets());
        continue;
      }
      List<Tensor> targets = taught.targets(parts.get(i));
      try {
        gather(pupil, parts.get(i), targets);
      } finally {
        targets.forEach(Tensor::close);
      }
    }
  }

  private static void gather(Pupil pupil, Batch part, List<Tensor> targets) {
    try (PointerScope scope = new PointerScope()) {
      List<Tensor> outputs = pupil.student.forward(Tensors.of(part));
      try {
        pupil.student.gather(pupil.objective.of(targets, part.labels(), outputs), part.size());
      } finally {
        outputs.forEach(Tensor::close);
      }
    }
  }

  /** What a checkpoint must agree on beside threads: recipe, precision, images, first weights. */
  private String run(Graph graph, @Nullable Teacher teacher) {
    String taught = teacher == null ? "" : " taught by %08x".formatted(sum(teacher.graph()));
    int parts = exchange.microBatches();
    return "%s%s in %s on images %08x of %d from weights %08x%s"
        .formatted(
            recipe,
            parts == 1 ? "" : " in " + parts + " micro-batches",
            execution.precision(),
            images.fingerprint(),
            images.size(),
            sum(graph),
            taught);
  }

  private static long sum(Graph graph) {
    CRC32 sum = new CRC32();
    graph
        .constants()
        .forEach(
            (name, constant) -> {
              sum.update(name.getBytes(StandardCharsets.UTF_8));
              sum.update(constant.bytes());
            });
    return sum.getValue();
  }
}
