package dev.capstan.torch.internal.train;

import dev.capstan.data.Batch;
import dev.capstan.data.Batches;
import dev.capstan.data.DataSplit;
import dev.capstan.data.ImageSubset;
import dev.capstan.data.Order;
import dev.capstan.error.InvalidInputException;
import dev.capstan.graph.Graph;
import dev.capstan.recipe.TrainRecipe;
import dev.capstan.recipe.TrainRecipe.Optimizer;
import dev.capstan.recipe.WorkListener;
import dev.capstan.recipe.stage.Training;
import dev.capstan.torch.internal.checkpoint.Checkpoint;
import dev.capstan.torch.internal.checkpoint.TrainingState;
import dev.capstan.torch.internal.checkpoint.WriteThrottle;
import dev.capstan.torch.internal.engine.Execution;
import dev.capstan.torch.internal.loss.TaskLoss;
import dev.capstan.torch.internal.loss.TellingImages;
import dev.capstan.torch.internal.tensor.Tensors;
import dev.capstan.torch.internal.watch.Course;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import java.util.zip.CRC32;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.Tensor;
import org.jspecify.annotations.Nullable;

/** Trains all weights of networks by one recipe on one set of images. */
final class TrainingLoop {
  /** How {@link #threads} ends a run's words. */
  private static final Pattern THREADS = Pattern.compile(" on \\d+ threads$");

  private final ImageSubset images;
  private final ImageSubset heldOut;
  private final TrainRecipe recipe;
  private final @Nullable Path checkpoint;
  private final boolean elastic;
  private final Execution execution;
  private final WorkListener listener;
  private final WriteThrottle throttle = WriteThrottle.sparing();
  private final int steps;
  private final int batch;

  /**
   * A loop over some images.
   *
   * @param split the images to learn from, and those that the course is watched on
   */
  TrainingLoop(DataSplit split, Training training, Execution execution, WorkListener listener) {
    this.images = split.seen();
    this.heldOut = split.heldOut();
    this.recipe = training.recipe();
    this.checkpoint = training.checkpoint();
    this.elastic = training.elastic();
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
    boolean labelled = images.isLabelled();
    try (Student student = new Student(graph, features, recipe, execution);
        Objective objective =
            new Objective(
                loss(graph, teacher),
                teacher,
                features,
                labelled,
                recipe.loss(),
                execution.precision())) {
      String run = run(graph, teacher);
      TrainingState left = left(run);
      if (left != null) {
        student.resume(left);
      }
      Optimizer optimizer = recipe.schedule().optimizer();
      Watch watch = new Watch(student, objective, watched(), optimizer, listener);
      if (left != null && left.course() != null) {
        watch.resume(left.course());
      }
      int done = left == null ? 0 : left.step();
      try (Batches batches = batches(drawn(teacher), done)) {
        listener.begin("train", steps);
        steps(new Pupil(student, objective, watch, run), batches, done);
        listener.end();
      }
      return watch.end() ? student.trained() : null;
    }
  }

  private TaskLoss loss(Graph graph, @Nullable Teacher teacher) {
    TaskLoss loss = new TaskLoss(graph);
    return teacher == null
        ? loss
        : loss.measuredForDivergence(teacher.graph(), images, teacher.execution());
  }

  /** What all steps of a run work on. */
  private record Pupil(Student student, Objective objective, Watch watch, String run) {}

  private List<Batch> watched() {
    List<Batch> all = new ArrayList<>();
    try (Batches batches =
        heldOut.sample(Course.IMAGES, recipe.seed()).batches(batch, execution.threads())) {
      batches.forEachRemaining(all::add);
    }
    return all;
  }

  private ImageSubset drawn(@Nullable Teacher teacher) {
    return teacher == null
        ? images
        : TellingImages.oftener(teacher.graph(), images, views(), teacher.execution());
  }

  private long views() {
    return (long) steps * batch;
  }

  private Batches batches(ImageSubset drawn, int done) {
    Order order = drawn.shuffled(recipe.seed()).limit(views());
    return images
        .store()
        .batches(
            order.skip((long) done * batch), recipe.augmentation(), batch, execution.threads());
  }

  private void steps(Pupil pupil, Batches batches, int first) {
    Progress progress = new Progress(listener, steps - first);
    for (int done = first; batches.hasNext() && !pupil.watch.course().isLost(); ) {
      Batch next = batches.next();
      // Where all images of a batch are damaged, there is a step less, but the place is the same.
      done = first + Math.toIntExact(batches.passed());
      double loss = step(pupil, next, done);
      try {
        progress.step(done, next.size(), loss);
      } catch (RuntimeException stopped) {
        // Only here, between two steps, is the state one that a whole run passes through.
        save(pupil, done);
        throw stopped;
      }
      keep(pupil, done);
    }
  }

  /** On the way so often that little is lost, and so rarely that it takes little of the time. */
  private void keep(Pupil pupil, int done) {
    if (done == steps) {
      save(pupil, done);
    } else {
      throttle.write(() -> save(pupil, done));
    }
  }

  private double step(Pupil pupil, Batch batch, int done) {
    double height = recipe.schedule().height(done - 1, steps) * pupil.watch.course().rate();
    double loss = descend(pupil, batch, done, height);
    if (!Double.isFinite(loss)) {
      pupil.watch.back(done, loss);
    } else if (Course.looksAfter(done, steps)) {
      pupil.watch.look(done);
    }
    return loss;
  }

  /** The loss before a step, which is not taken where that is no number. */
  private static double descend(Pupil pupil, Batch batch, int done, double height) {
    try (PointerScope scope = new PointerScope()) {
      Tensor[] pixels = Tensors.of(batch);
      List<Tensor> outputs = pupil.student.forward(pixels);
      try {
        Tensor loss = pupil.objective.of(pixels, batch.labels(), outputs);
        double value = loss.item_double();
        if (Double.isFinite(value)) {
          loss.backward();
          pupil.student.step(done, height);
        }
        return value;
      } finally {
        outputs.forEach(Tensor::close);
      }
    }
  }

  private void save(Pupil pupil, int done) {
    if (checkpoint != null) {
      Checkpoint.write(pupil.student.state(done, pupil.run, pupil.watch.course()), checkpoint);
    }
  }

  /** What a checkpoint must agree on: recipe, precision, images, weights at first, threads. */
  private String run(Graph graph, @Nullable Teacher teacher) {
    String taught = teacher == null ? "" : " taught by %08x".formatted(sum(teacher.graph()));
    return "%s in %s on images %08x of %d from weights %08x%s%s"
        .formatted(
            recipe,
            execution.precision(),
            images.fingerprint(),
            images.size(),
            sum(graph),
            taught,
            threads());
  }

  /** Sums over a batch are taken in another order on other numbers of threads. */
  private String threads() {
    return " on %d threads".formatted(execution.threads());
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

  /** Former checkpoints said neither what takes the steps nor on how many threads. */
  private boolean isOf(String left, String run) {
    String named = left.replace("Schedule[epochs", "Schedule[optimizer=MUON, epochs");
    String whole = THREADS.matcher(named).find() ? named : named + threads();
    return whole.equals(run)
        || (elastic && THREADS.matcher(whole).replaceFirst(threads()).equals(run));
  }

  /** The state that an earlier start has left, null for none. */
  private @Nullable TrainingState left(String run) {
    TrainingState state = checkpoint == null ? null : Checkpoint.last(checkpoint, listener::note);
    if (state == null) {
      return null;
    }
    if (!isOf(state.run(), run)) {
      throw new InvalidInputException(
          "%s: a checkpoint of another run (%s, now %s): give another file or remove it"
              .formatted(checkpoint, state.run(), run));
    }
    if (state.step() < 0 || state.step() > steps) {
      throw new InvalidInputException(
          "%s: the checkpoint is damaged: expected 0 to %d steps done, found %d; remove it"
              .formatted(checkpoint, steps, state.step()));
    }
    return state;
  }
}
