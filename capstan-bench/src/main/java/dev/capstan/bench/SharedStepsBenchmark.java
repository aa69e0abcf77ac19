package dev.capstan.bench;

import dev.capstan.data.DataSplit;
import dev.capstan.data.ImageIoDecoder;
import dev.capstan.data.ImageStore;
import dev.capstan.data.ImageSubset;
import dev.capstan.data.shapes.ShapeImages;
import dev.capstan.files.TemporaryFolder;
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
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * What it costs to share training steps: images a second of two processes together, beside two that
 * know nothing of each other and run at the same time. Each has one thread and, where {@code
 * taskset} is there, a processor of its own.
 *
 * <p>Arguments: blocks a stage (3 is ResNet-20, 9 ResNet-56), steps, processors to be used: {@code
 * 3 40 0,1}.
 */
public final class SharedStepsBenchmark {
  private static final int PROCESSES = 2;
  private static final int BATCH = 64;

  /** Until the virtual machine has compiled what runs often. */
  private static final int WARM_UP = 5;

  private static final String FIGURE = "images/s ";

  private SharedStepsBenchmark() {}

  /** Runs all, or, with a fourth argument, one process of it. */
  public static void main(String[] args) throws Exception {
    int blocks = Integer.parseInt(args[0]);
    int steps = Integer.parseInt(args[1]);
    if (args.length > 3) {
      one(blocks, steps);
      return;
    }
    double apart = imagesPerSecond(args, false);
    double together = imagesPerSecond(args, true);
    System.out.printf(
        Locale.ROOT,
        "ResNet-%d, %d processes: %.1f images/s together, %.1f apart: efficiency %.3f%n",
        6 * blocks + 2,
        PROCESSES,
        together,
        apart,
        together / apart);
  }

  private static double imagesPerSecond(String[] args, boolean together) throws Exception {
    try (TemporaryFolder folder = TemporaryFolder.make()) {
      Path store = folder.path().resolve("store");
      List<Process> processes = new ArrayList<>();
      for (int rank = 0; rank < PROCESSES; rank++) {
        processes.add(start(args, rank, together ? store : null));
      }
      double sum = 0;
      for (Process process : processes) {
        sum += told(process);
      }
      return sum;
    }
  }

  private static double told(Process process) throws IOException {
    return new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8)
        .lines()
        .filter(line -> line.startsWith(FIGURE))
        .mapToDouble(line -> Double.parseDouble(line.substring(FIGURE.length())))
        .sum();
  }

  private static Process start(String[] args, int rank, @Nullable Path store) throws IOException {
    String[] processors = args[2].split(",");
    List<String> command = new ArrayList<>();
    command.addAll(List.of("taskset", "-c", processors[rank % processors.length]));
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(List.of("-cp", System.getProperty("java.class.path")));
    command.add(SharedStepsBenchmark.class.getName());
    command.addAll(List.of(args[0], args[1], args[2], "one"));
    ProcessBuilder builder =
        new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.INHERIT);
    if (store != null) {
      builder.environment().put("RANK", Integer.toString(rank));
      builder.environment().put("WORLD_SIZE", Integer.toString(PROCESSES));
      builder.environment().put("LOCAL_RANK", Integer.toString(rank));
      builder.environment().put("LOCAL_WORLD_SIZE", Integer.toString(PROCESSES));
      builder.environment().put(Rendezvous.INIT_FILE, store.toString());
    }
    return builder.start();
  }

  /** Alone it takes batches; with another it takes one half of batches twice as large. */
  private static void one(int blocks, int steps) {
    Rendezvous rendezvous = Rendezvous.of(System.getenv()).orElse(null);
    int parts = rendezvous == null ? 1 : PROCESSES;
    ImageStore store =
        new ImageStore(
            new ShapeImages(1, steps * BATCH * parts),
            new ImageIoDecoder(),
            Preprocessing.imageNet(32, 32));
    Compute compute = new Compute(Precision.FP32, 1, parts, parts);
    try (Processes processes = rendezvous == null ? Processes.ALONE : Processes.join(rendezvous)) {
      Pace pace = new Pace(steps, BATCH * parts);
      TorchSession session = new TorchSession(compute, pace, null, processes, List.of(store));
      if (processes.leads()) {
        train(session, store, blocks, BATCH * parts);
        processes.end();
        System.out.printf(Locale.ROOT, FIGURE + "%.3f%n", pace.imagesPerSecond());
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

  /** How fast steps are, looks at images held out included. */
  private static final class Pace implements WorkListener {
    private final int steps;
    private final int batch;
    private boolean training;
    private long begun;
    private long ended;

    Pace(int steps, int batch) {
      this.steps = steps;
      this.batch = batch;
    }

    @Override
    public void begin(String task, long total) {
      training = task.equals("train");
    }

    @Override
    public void advance(long done, List<Figure> figures) {
      if (training && done == WARM_UP) {
        begun = System.nanoTime();
      }
      ended = System.nanoTime();
    }

    double imagesPerSecond() {
      return (double) (steps - WARM_UP) * batch / ((ended - begun) * 1e-9);
    }
  }
}
