package dev.capstan.torch.internal.train;

import dev.capstan.data.Batch;
import dev.capstan.data.Batches;
import dev.capstan.data.ImageSubset;
import dev.capstan.data.Order;
import dev.capstan.error.InvalidInputException;
import dev.capstan.graph.Graph;
import dev.capstan.recipe.TrainRecipe;
import dev.capstan.recipe.WorkListener;
import dev.capstan.recipe.stage.Training;
import dev.capstan.torch.internal.checkpoint.Checkpoint;
import dev.capstan.torch.internal.checkpoint.TrainingState;
import dev.capstan.torch.internal.engine.Execution;
import dev.capstan.torch.internal.tensor.Tensors;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.zip.CRC32;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.Tensor;
import org.jspecify.annotations.Nullable;

/** Trains all weights of networks by one recipe on one set of images. */
final class TrainingLoop {
  private final ImageSubset images;
  private final TrainRecipe recipe;
  private final @Nullable Path checkpoint;
  private final Execution execution;
  private final WorkListener listener;
  private final int steps;
  private final int batch;

  /**
   * A loop over some images.
   *
   * @param images that may be seen
   */
  TrainingLoop(ImageSubset images, Training training, Execution execution, WorkListener listener) {
    this.images = images;
    this.recipe = training.recipe();
    this.checkpoint = training.checkpoint();
    this.execution = execution;
    this.listener = listener;
    this.batch = recipe.schedule().batchOf(images.size());
    this.steps = recipe.schedule().steps(images.size());
  }

  /**
   * The network after the last epoch.
   *
   * @param teacher the network that it is compared with, null to learn from labels alone
   * @param features of both, as they are before the first step; null to compare outputs alone
   * @throws InvalidInputException if the checkpoint belongs to another run
   */
  Graph train(Graph graph, @Nullable Teacher teacher, @Nullable Features features) {
    boolean labelled = images.isLabelled();
    try (Student student = new Student(graph, features, recipe, execution);
        Objective objective =
            new Objective(
                graph, teacher, features, labelled, recipe.loss(), execution.precision())) {
      String run = run(graph, teacher);
      int done = resume(student, run);
      try (Batches batches = batches(done)) {
        listener.begin("train", steps);
        steps(student, objective, batches, done, run);
        listener.end();
      }
      return student.trained();
    }
  }

  private Batches batches(int done) {
    Order order = images.shuffled(recipe.seed()).limit((long) steps * batch);
    return images
        .store()
        .batches(
            order.skip((long) done * batch), recipe.augmentation(), batch, execution.threads());
  }

  private void steps(Student student, Objective objective, Batches batches, int first, String run) {
    Progress progress = new Progress(listener, steps - first);
    for (int done = first; batches.hasNext(); ) {
      Batch next = batches.next();
      int before = done;
      // Where all images of a batch are damaged, there is a step less, but the place is the same.
      done = first + Math.toIntExact(batches.passed());
      double height = recipe.schedule().height(done - 1, steps);
      double loss = step(student, objective, next, done, height);
      try {
        progress.step(done, next.size(), loss);
      } catch (RuntimeException stopped) {
        // Only here, between two steps, is the state one that a whole run passes through.
        save(student, done, run);
        throw stopped;
      }
      if (done == steps || epoch(done) > epoch(before)) {
        save(student, done, run);
      }
    }
  }

  private long epoch(int done) {
    return (long) done * batch / images.size();
  }

  private static double step(
      Student student, Objective objective, Batch batch, int done, double height) {
    try (PointerScope scope = new PointerScope()) {
      Tensor pixels = Tensors.of(batch);
      List<Tensor> outputs = student.forward(pixels);
      try {
        Tensor loss = objective.of(pixels, batch.labels(), outputs);
        double value = loss.item_double();
        if (!Double.isFinite(value)) {
          throw new IllegalStateException("the loss is no longer finite: lower the learning rates");
        }
        loss.backward();
        student.step(done, height);
        return value;
      } finally {
        outputs.forEach(Tensor::close);
      }
    }
  }

  private void save(Student student, int done, String run) {
    if (checkpoint != null) {
      Checkpoint.write(student.state(done, run), checkpoint);
    }
  }

  /** What a checkpoint must agree on: recipe, precision, images, first weights, the teacher's. */
  private String run(Graph graph, @Nullable Teacher teacher) {
    String taught = teacher == null ? "" : " taught by %08x".formatted(sum(teacher.graph()));
    return "%s in %s on images %08x of %d from weights %08x%s"
        .formatted(
            recipe, execution.precision(), images.fingerprint(), images.size(), sum(graph), taught);
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

  /** Goes on from the checkpoint, if there is one; the steps it has done. */
  private int resume(Student student, String run) {
    if (checkpoint == null || !Files.exists(checkpoint)) {
      return 0;
    }
    TrainingState state = Checkpoint.read(checkpoint);
    if (!state.run().equals(run)) {
      throw new InvalidInputException(
          "%s: a checkpoint of another run (%s, now %s): give another file or remove it"
              .formatted(checkpoint, state.run(), run));
    }
    student.resume(state);
    return state.step();
  }
}
