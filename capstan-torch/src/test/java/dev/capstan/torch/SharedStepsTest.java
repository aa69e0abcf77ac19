package dev.capstan.torch;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.capstan.compress.BasesFile;
import dev.capstan.data.DataSplit;
import dev.capstan.data.Dataset;
import dev.capstan.data.DatasetView;
import dev.capstan.data.ImageDecoder;
import dev.capstan.data.ImageIoDecoder;
import dev.capstan.data.ImageStore;
import dev.capstan.data.ImageSubset;
import dev.capstan.data.shapes.ShapeImages;
import dev.capstan.graph.Constant;
import dev.capstan.graph.Graph;
import dev.capstan.image.Preprocessing;
import dev.capstan.image.RgbImage;
import dev.capstan.rank.Ranks;
import dev.capstan.rank.allocate.CompressibleNetwork;
import dev.capstan.rank.allocate.RankAllocation;
import dev.capstan.recipe.Compute;
import dev.capstan.recipe.Compute.Precision;
import dev.capstan.recipe.Rendezvous;
import dev.capstan.recipe.TrainRecipe;
import dev.capstan.recipe.WorkListener;
import dev.capstan.recipe.stage.BasisForm;
import dev.capstan.recipe.stage.LearnRecipe;
import dev.capstan.recipe.stage.Learned;
import dev.capstan.recipe.stage.Training;
import dev.capstan.rewrite.FoldBatchNorm;
import dev.capstan.rewrite.Rewriter;
import dev.capstan.space.ChannelSpaces.Residual;
import dev.capstan.space.Space;
import dev.capstan.torch.internal.checkpoint.Checkpoint;
import dev.capstan.torch.internal.distributed.LocalProcesses;
import dev.capstan.torch.internal.distributed.Summation;
import dev.capstan.torch.internal.watch.Course;
import dev.capstan.weights.Safetensors;
import dev.capstan.weights.SafetensorsReader;
import dev.capstan.weights.SafetensorsWriter;
import dev.capstan.zoo.Zoo;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Steps and sums that several processes share are those of one process, to rounding. */
public final class SharedStepsTest {
  /** Of unequal sizes, and no multiple of the processes: one has twice as many as the other. */
  private static final int MICRO_BATCHES = 3;

  private static final int BATCH = 8;
  private static final double RATE = 0.003;
  private static final String NOTES = "notes";
  private static final Graph OPEN = Zoo.randomCifarResNet(1, List.of(8, 16), 10, 3);
  private static final Graph FOLDED = Rewriter.apply(OPEN, new FoldBatchNorm());

  @TempDir private Path folder;

  private static Compute compute(int processes) {
    return new Compute(Precision.FP32, 1, processes, MICRO_BATCHES);
  }

  /** A few of the images cannot be read, among them a whole micro-batch. */
  private static ImageStore store() {
    return new ImageStore(
        new Damaged(new ShapeImages(5, 280)), new ImageIoDecoder(), Preprocessing.imageNet(32, 32));
  }

  private static DataSplit first(ImageStore store, int count) {
    ImageSubset seen = ImageSubset.of(store, IntStream.range(0, count).toArray());
    ImageSubset heldOut = ImageSubset.of(store, IntStream.range(90, 106).toArray());
    return new DataSplit(seen, heldOut, seen);
  }

  /**
   * What is compared, by name.
   *
   * @param state where a training keeps its state
   */
  private static Map<String, Constant> results(
      TorchSession session, Summation summation, ImageStore store, Path state) {
    Map<String, Constant> results = new LinkedHashMap<>();
    SharedSums sums = new SharedSums(session, summation, store);
    sums.all().forEach((name, numbers) -> results.put("sums/" + name, SharedSums.bits(numbers)));
    put(results, "exact/", sums.exact());
    put(results, "refitted/", sums.refitted());
    for (int steps : new int[] {1, 10}) {
      put(results, "learned " + steps + "/", learned(session, store, steps, RATE));
      put(results, "trained " + steps + "/", trained(session, store, steps, null));
    }
    trained(session, store, 1, state);
    Course watched = requireNonNull(Checkpoint.read(state).course());
    results.put("sums/loss that a training begins with", SharedSums.bits(watched.start()));
    return results;
  }

  /** What a learning says that is sent back: at such a rate its first step is a bad one. */
  private static String sentBack(ImageStore store, Processes processes) {
    List<String> notes = new ArrayList<>();
    WorkListener listener =
        new WorkListener() {
          @Override
          public void note(String line) {
            notes.add(line);
          }
        };
    Compute compute = compute(processes.group().worldSize());
    learned(
        new TorchSession(compute, listener, null, processes, List.of(store)),
        store,
        1,
        1000 * RATE);
    return String.join("\n", notes);
  }

  private static void put(
      Map<String, Constant> results, String prefix, Map<String, Constant> tensors) {
    tensors.forEach((name, tensor) -> results.put(prefix + name, tensor));
  }

  private static double[] numbers(Constant bits) {
    return Arrays.stream(bits.longs()).mapToDouble(Double::longBitsToDouble).toArray();
  }

  private static Map<String, Constant> learned(
      TorchSession session, ImageStore store, int steps, double rate) {
    CompressibleNetwork network = CompressibleNetwork.of(FOLDED, OPEN, Residual.KEEP);
    Map<String, Integer> halves = new LinkedHashMap<>();
    for (Space space : network.spaces().compressible()) {
      halves.put(space.name(), space.width() / 2);
    }
    LearnRecipe recipe =
        new LearnRecipe(
            BasisForm.OBLIQUE, steps * BATCH, BATCH, rate, LearnRecipe.Task.STANDARD, 0, true, 7);
    Learned learned =
        session.learn(new RankAllocation(network, new Ranks(halves), 0), first(store, 80), recipe);
    return BasesFile.tensors(learned.bases(), network.spaces());
  }

  private static Map<String, Constant> trained(
      TorchSession session, ImageStore store, int steps, @Nullable Path state) {
    TrainRecipe recipe = TrainRecipe.fineTuning(1, 5).withSteps(BATCH, 0.02);
    return session
        .fineTune(OPEN, FOLDED, first(store, steps * BATCH), new Training(recipe, state))
        .constants();
  }

  /** One of several processes. */
  public static final class Share implements LocalProcesses.Work {
    /** One that is started by name. */
    public Share() {}

    @Override
    public void run(Rendezvous rendezvous, String... arguments) {
      try (Processes processes = Processes.join(rendezvous)) {
        ImageStore store = store();
        TorchSession session =
            new TorchSession(
                compute(rendezvous.worldSize()),
                WorkListener.NONE,
                null,
                processes,
                List.of(store));
        if (processes.leads()) {
          Summation summation =
              new Summation(
                  processes.group(), List.of(store), SharedSums.EXECUTION, WorkListener.NONE);
          Path file = Path.of(arguments[0]);
          SafetensorsWriter.write(
              results(session, summation, store, file.resolveSibling("shared.state")),
              Map.of(NOTES, sentBack(store, processes)),
              file);
          processes.end();
        } else {
          session.follow();
        }
      }
    }
  }

  @Test
  void twoProcessesTakeTheStepsOfOne() throws Exception {
    Path file = folder.resolve("shared.safetensors");
    try (var processes = LocalProcesses.start(Share.class, 2, folder, file.toString())) {
      Map<String, Constant> alone =
          results(
              new TorchSession(compute(1), WorkListener.NONE),
              Summation.alone(SharedSums.EXECUTION, WorkListener.NONE),
              store(),
              folder.resolve("alone.state"));
      assertThat(processes.codes()).as(outputs()).containsOnly(0);
      Safetensors written = SafetensorsReader.read(file);
      Map<String, Constant> shared = written.tensors();
      assertThat(shared.keySet()).isEqualTo(alone.keySet());
      assertSumsAreEqual(shared, alone);
      assertThat(written.metadata().get(NOTES))
          .contains("learning: after step 1 the loss on images held out had risen from ")
          .isEqualTo(sentBack(store(), Processes.ALONE));
      assertThat(farthest(shared, alone, "refitted/")).isLessThan(1e-5);
      assertThat(farthest(shared, alone, "learned 1/")).isLessThan(1e-5);
      assertThat(farthest(shared, alone, "trained 1/")).isLessThan(1e-5);
      assertThat(farthest(shared, alone, "learned 10/")).isLessThan(1e-3);
      assertThat(farthest(shared, alone, "trained 10/")).isLessThan(1e-3);
    }
  }

  private static void assertSumsAreEqual(
      Map<String, Constant> shared, Map<String, Constant> alone) {
    alone.forEach(
        (name, expected) -> {
          if (name.startsWith("exact/")) {
            assertThat(requireNonNull(shared.get(name)).sameAs(expected)).as(name).isTrue();
          } else if (name.startsWith("sums/")) {
            double[] found = numbers(requireNonNull(shared.get(name)));
            double[] wanted = numbers(expected);
            double size = Arrays.stream(wanted).map(Math::abs).max().orElse(0);
            assertThat(size).as(name).isPositive();
            assertThat(found).as(name).containsExactly(wanted, within(1e-9 * size));
          }
        });
  }

  private static double farthest(
      Map<String, Constant> shared, Map<String, Constant> alone, String prefix) {
    double farthest = 0;
    for (String name : alone.keySet()) {
      if (name.startsWith(prefix)) {
        float[] one = alone.get(name).floats();
        float[] other = shared.get(name).floats();
        for (int i = 0; i < one.length; i++) {
          farthest = Math.max(farthest, Math.abs(one[i] - other[i]));
        }
      }
    }
    return farthest;
  }

  private String outputs() throws IOException {
    StringBuilder all = new StringBuilder();
    for (int rank = 0; rank < 2; rank++) {
      Path output = LocalProcesses.output(folder, rank).toPath();
      all.append(Files.readString(output));
    }
    return all.toString();
  }

  /** Drawn images of which some cannot be read. */
  private record Damaged(Dataset whole) implements DatasetView {
    @Override
    public RgbImage image(int index, ImageDecoder decoder) throws IOException {
      if (index % 5 == 0 && index < 100) {
        throw new IOException("damaged");
      }
      return whole.image(index, decoder);
    }
  }
}
