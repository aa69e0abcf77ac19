package dev.capstan.bench;

import dev.capstan.data.DataSplit;
import dev.capstan.data.ImageIoDecoder;
import dev.capstan.data.ImageStore;
import dev.capstan.data.ImageSubset;
import dev.capstan.data.shapes.ShapeImages;
import dev.capstan.graph.Graph;
import dev.capstan.image.Preprocessing;
import dev.capstan.recipe.Compute;
import dev.capstan.recipe.Compute.Precision;
import dev.capstan.recipe.Rendezvous;
import dev.capstan.recipe.TrainRecipe;
import dev.capstan.recipe.WorkListener;
import dev.capstan.recipe.stage.Training;
import dev.capstan.rewrite.FoldBatchNorm;
import dev.capstan.rewrite.Rewriter;
import dev.capstan.torch.Processes;
import dev.capstan.torch.TorchSession;
import dev.capstan.zoo.Zoo;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * A process of {@link SharedStepsBenchmark}: trains a ResNet until it is ended, and says how many
 * images each step had. Alone it takes batches; with another it takes one half of batches twice as
 * large.
 */
final class TrainingProcess {
  static final int PROCESSES = 2;

  /** How a line begins that says how many images a step had, of all processes. */
  static final String SEEN = "images ";

  private static final int BATCH = 64;

  /** More than anybody waits for. */
  private static final int STEPS = 1000;

  private TrainingProcess() {}

  /** Begins one. */
  static Process start(String blocks, String processor, int rank, @Nullable Path store)
      throws IOException {
    List<String> command = new ArrayList<>(List.of("taskset", "-c", processor));
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(List.of("-cp", System.getProperty("java.class.path")));
    command.addAll(List.of(TrainingProcess.class.getName(), blocks));
    ProcessBuilder builder =
        new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.INHERIT);
    if (store != null) {
      builder.environment().putAll(Rendezvous.environment(rank, PROCESSES, store));
    }
    return builder.start();
  }

  /** Trains; the argument is the number of blocks a stage. */
  public static void main(String[] args) {
    Rendezvous rendezvous = Rendezvous.of(System.getenv()).orElse(null);
    int parts = rendezvous == null ? 1 : PROCESSES;
    int batch = BATCH * parts;
    ImageStore store =
        new ImageStore(
            new ShapeImages(1, STEPS * batch),
            new ImageIoDecoder(),
            Preprocessing.imageNet(32, 32));
    Compute compute = new Compute(Precision.FP32, 1, parts, parts);
    try (Processes processes = rendezvous == null ? Processes.ALONE : Processes.join(rendezvous)) {
      TorchSession session =
          new TorchSession(compute, new Steps(batch), null, processes, List.of(store));
      if (processes.leads()) {
        train(session, store, Integer.parseInt(args[0]), batch);
        processes.end();
      } else {
        session.follow();
      }
    }
  }

  private static void train(TorchSession session, ImageStore store, int blocks, int batch) {
    Graph open = Zoo.randomCifarResNet(blocks, List.of(16, 32, 64), 10, 3);
    int images = store.dataset().size();
    ImageSubset all = ImageSubset.of(store, IntStream.range(0, images).toArray());
    ImageSubset few = ImageSubset.of(store, IntStream.range(0, 64).toArray());
    TrainRecipe recipe = TrainRecipe.fineTuning(1, 5).withSteps(batch, 1e-3);
    Graph teacher = Rewriter.apply(open, new FoldBatchNorm());
    session.fineTune(open, teacher, new DataSplit(all, few, all), new Training(recipe, null));
  }

  /** Says what each step saw. */
  private static final class Steps implements WorkListener {
    private final int batch;
    private boolean training;

    Steps(int batch) {
      this.batch = batch;
    }

    @Override
    public void begin(String task, long total) {
      training = task.equals("train");
    }

    @Override
    public void advance(long done, List<Figure> figures) {
      if (training) {
        System.out.println(SEEN + batch);
      }
    }
  }
}
