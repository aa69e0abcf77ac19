package dev.capstan.torch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.capstan.data.DataSplit;
import dev.capstan.data.Dataset;
import dev.capstan.data.ImageDecoder;
import dev.capstan.data.ImageIoDecoder;
import dev.capstan.data.ImageStore;
import dev.capstan.data.ImageSubset;
import dev.capstan.data.shapes.ShapeImages;
import dev.capstan.error.InvalidInputException;
import dev.capstan.graph.Constant;
import dev.capstan.graph.Graph;
import dev.capstan.image.Augmentation;
import dev.capstan.image.Preprocessing;
import dev.capstan.image.RgbImage;
import dev.capstan.recipe.Compute;
import dev.capstan.recipe.TrainRecipe;
import dev.capstan.recipe.WorkListener;
import dev.capstan.recipe.WorkListener.Figure;
import dev.capstan.recipe.stage.Training;
import dev.capstan.rewrite.FoldBatchNorm;
import dev.capstan.rewrite.Rewriter;
import dev.capstan.zoo.Zoo;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.concurrent.CancellationException;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.bytedeco.javacpp.Pointer;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Training through the facade, on drawn images. */
class TrainingTest {
  private static final int IMAGES = 320;
  private static final Compute COMPUTE = Compute.fp32(1);

  private final Graph random = Zoo.randomCifarResNet(1, List.of(8, 16), 10, 11);
  private final Dataset drawn = new ShapeImages(21, IMAGES);

  @TempDir Path folder;

  private static DataSplit all(Dataset set) {
    return first(set.size(), set);
  }

  private static DataSplit first(int count, Dataset set) {
    ImageStore store = new ImageStore(set, new ImageIoDecoder(), Preprocessing.imageNet(32, 32));
    return DataSplit.undivided(ImageSubset.of(store, IntStream.range(0, count).toArray()));
  }

  private static TrainRecipe scratch(int epochs) {
    return TrainRecipe.fromScratch(epochs, 5)
        .withSteps(32, 0.1)
        .withAugmentation(Augmentation.NONE);
  }

  private static TorchSession session(WorkListener listener) {
    return new TorchSession(COMPUTE, listener);
  }

  private Graph train(TrainRecipe recipe, Path checkpoint, WorkListener listener) {
    return session(listener).fineTune(random, null, all(drawn), new Training(recipe, checkpoint));
  }

  private static Training fineTuning(int epochs, Path checkpoint) {
    return new Training(TrainRecipe.fineTuning(epochs, 5).withSteps(32, 0.02), checkpoint);
  }

  private Graph fineTune(Graph from, Graph teacher, Dataset set, Path checkpoint, int epochs) {
    return session(WorkListener.NONE)
        .fineTune(from, teacher, all(set), fineTuning(epochs, checkpoint));
  }

  private static Evaluation evaluate(Graph graph, Dataset set) {
    return session(WorkListener.NONE).evaluate(graph, all(set).all(), "evaluate");
  }

  @Test
  void learnsToTellTheClassesApart() {
    Dataset seen = new Coloured(1, 0);
    Dataset fresh = new Coloured(2, 0);
    Graph start = Zoo.randomCifarResNet(1, List.of(8, 16), 4, 11);
    TrainRecipe recipe = scratch(20).withSteps(16, 0.05);
    Follower follower = new Follower(Integer.MAX_VALUE);
    Graph trained = session(follower).fineTune(start, null, all(seen), new Training(recipe, null));
    assertThat(follower.steps).isEqualTo(160);
    assertThat(follower.notes).hasSize(1).allMatch(note -> note.contains("160 steps"));
    Evaluation before = evaluate(start, fresh);
    Evaluation after = evaluate(trained, fresh);
    assertThat(before.top1()).isLessThan(60);
    assertThat(after.top1()).isGreaterThan(90);
    assertThat(after.loss()).isLessThan(before.loss() / 2);
    assertThat(trained).hasToString(start.toString());
  }

  @Test
  void sameSeedSameBitsOtherSeedOthers() {
    TorchSession both = new TorchSession(Compute.fp32(2), WorkListener.NONE);
    TrainRecipe other = TrainRecipe.fromScratch(1, 6).withSteps(32, 0.1);
    List<Graph> runs = new ArrayList<>();
    for (TrainRecipe recipe : List.of(scratch(1), scratch(1), other)) {
      runs.add(both.fineTune(random, null, first(128, drawn), new Training(recipe, null)));
    }
    assertThat(differing(runs.get(0), runs.get(1))).isEmpty();
    assertThat(differing(runs.get(0), runs.get(2))).isNotEmpty();
  }

  static Stream<TrainRecipe> recipes() {
    Augmentation changes = new Augmentation(4, true, 5).withCutout(8);
    return Stream.of(
        scratch(2).withAugmentation(changes).withAveraging(0.9),
        TrainRecipe.fewViews(2, 5).withSteps(32, 0.01).withAugmentation(changes));
  }

  @Tag("trust")
  @ParameterizedTest
  @MethodSource("recipes")
  void aStoppedRunGoesOnToTheSameBits(TrainRecipe recipe) {
    Graph whole = train(recipe, null, WorkListener.NONE);
    Path checkpoint = folder.resolve("run.safetensors");
    for (int stop : new int[] {3, 7}) {
      assertThatThrownBy(() -> train(recipe, checkpoint, new Follower(stop)))
          .isInstanceOf(CancellationException.class);
      assertThat(checkpoint).exists();
    }
    Follower rest = new Follower(Integer.MAX_VALUE);
    assertThat(differing(whole, train(recipe, checkpoint, rest))).isEmpty();
    assertThat(rest.advanced).isEqualTo(10);
    Follower none = new Follower(Integer.MAX_VALUE);
    assertThat(differing(whole, train(recipe, checkpoint, none))).isEmpty();
    assertThat(none.advanced).isZero();
  }

  /** One image a batch, so a damaged one is a batch less. */
  @Tag("trust")
  @Test
  void aStoppedRunGoesOnToTheSameBitsAcrossDamagedImages() {
    TrainRecipe recipe = scratch(2).withSteps(1, 0.01);
    Path checkpoint = folder.resolve("run.safetensors");
    Graph whole = trainOnDamaged(recipe, null, WorkListener.NONE);
    for (int stop : new int[] {5, 6}) {
      assertThatThrownBy(() -> trainOnDamaged(recipe, checkpoint, new Follower(stop)))
          .isInstanceOf(CancellationException.class);
    }
    Follower rest = new Follower(Integer.MAX_VALUE);
    assertThat(differing(whole, trainOnDamaged(recipe, checkpoint, rest))).isEmpty();
    assertThat(rest.advanced).isEqualTo(2 * (12 - 5) - 5 - 6);
  }

  private Graph trainOnDamaged(TrainRecipe recipe, Path checkpoint, WorkListener listener) {
    Dataset set = new Coloured(1, 5);
    Graph start = Zoo.randomCifarResNet(1, List.of(4), 4, 11);
    return session(listener)
        .fineTune(start, null, first(12, set), new Training(recipe, checkpoint));
  }

  @Tag("trust")
  @Test
  void aCheckpointOfAnotherRunIsRefused() throws IOException {
    Path checkpoint = folder.resolve("run.safetensors");
    train(scratch(1), checkpoint, WorkListener.NONE);
    byte[] before = Files.readAllBytes(checkpoint);
    assertThatThrownBy(() -> train(scratch(2), checkpoint, WorkListener.NONE))
        .isInstanceOf(InvalidInputException.class)
        .hasMessageContaining("run.safetensors")
        .hasMessageContaining("another run");
    Graph other = Zoo.randomCifarResNet(1, List.of(8, 24), 10, 11);
    Training training = new Training(scratch(1), checkpoint);
    assertThatThrownBy(() -> session(WorkListener.NONE).fineTune(other, null, all(drawn), training))
        .isInstanceOf(InvalidInputException.class)
        .hasMessageContaining("another run");
    assertThat(Files.readAllBytes(checkpoint)).isEqualTo(before);
  }

  @Tag("trust")
  @Test
  void aCheckpointTaughtByAnotherIsRefused() {
    Path checkpoint = folder.resolve("tune.safetensors");
    Graph teacher = Rewriter.apply(random, new FoldBatchNorm());
    fineTune(teacher, teacher, drawn, checkpoint, 1);
    Graph other = damaged(teacher);
    assertThatThrownBy(() -> fineTune(teacher, other, drawn, checkpoint, 1))
        .isInstanceOf(InvalidInputException.class)
        .hasMessageContaining("another run");
  }

  @Test
  void aTeacherOfOtherOutputsIsRefused() {
    Graph other = Zoo.randomCifarResNet(1, List.of(8, 16), 5, 11);
    assertThatThrownBy(() -> fineTune(random, other, drawn, null, 1))
        .isInstanceOf(InvalidInputException.class)
        .hasMessageContaining("N x 5")
        .hasMessageContaining("N x 10");
  }

  @Test
  void whatTheNetworkCameWithStaysAndNothingElseDoes() {
    Graph half =
        Rewriter.apply(
            random,
            (graph, node) ->
                node.name().contains("layer1")
                    ? new FoldBatchNorm().apply(graph, node)
                    : Optional.empty());
    assertThat(half.nodes().size()).isLessThan(random.nodes().size());
    Graph tuned = fineTune(half, null, drawn, null, 1);
    assertThat(tuned).hasToString(half.toString());
    assertThat(differing(half, tuned)).hasSameSizeAs(half.constants().keySet());
  }

  @Test
  void unlabelledImagesBringADamagedNetworkBackToItsTeacher() {
    Graph teacher = Rewriter.apply(train(scratch(6), null, WorkListener.NONE), new FoldBatchNorm());
    Graph damaged = damaged(teacher);
    Dataset fresh = new ShapeImages(23, 200);
    Graph tuned = fineTune(damaged, teacher, drawn.withoutLabels(), null, 12);
    double before = evaluate(damaged, fresh).loss() - evaluate(teacher, fresh).loss();
    double after = evaluate(tuned, fresh).loss() - evaluate(teacher, fresh).loss();
    assertThat(before).isPositive();
    assertThat(after).isLessThan(before / 2);
    assertThat(tuned).hasToString(teacher.toString());
  }

  @Tag("trust")
  @Test
  void aStoppedFineTuningGoesOnToTheSameBits() {
    Graph teacher = Rewriter.apply(random, new FoldBatchNorm());
    Graph damaged = damaged(teacher);
    Graph whole = fineTune(damaged, teacher, drawn, null, 1);
    Path checkpoint = folder.resolve("tune.safetensors");
    Training training = fineTuning(1, checkpoint);
    assertThatThrownBy(
            () -> session(new Follower(4)).fineTune(damaged, teacher, all(drawn), training))
        .isInstanceOf(CancellationException.class);
    assertThat(differing(whole, fineTune(damaged, teacher, drawn, checkpoint, 1))).isEmpty();
  }

  /**
   * Rates that undo everything: what comes out is no further from the teacher than what went in.
   */
  @Tag("trust")
  @ParameterizedTest
  @ValueSource(doubles = {0.5, 1e4})
  void anAbsurdRateEndsNoWorseThanTheStart(double rate) {
    Graph teacher = Rewriter.apply(random, new FoldBatchNorm());
    Graph damaged = damaged(teacher, 0.1);
    DataSplit split = DataSplit.of(all(drawn.withoutLabels()).all().store());
    TrainRecipe absurd = TrainRecipe.fineTuning(2, 5).withSteps(32, rate).withMuonRate(1);
    Follower follower = new Follower(Integer.MAX_VALUE);
    Graph tuned = session(follower).fineTune(damaged, teacher, split, new Training(absurd, null));

    assertThat(divergence(teacher, tuned, split))
        .isLessThanOrEqualTo(divergence(teacher, damaged, split));
    assertThat(follower.notes).anyMatch(note -> note.contains("images held out had risen"));
  }

  private static double divergence(Graph teacher, Graph graph, DataSplit split) {
    return session(WorkListener.NONE)
        .agreement(teacher, graph, split.heldOut(), "compare")
        .divergence();
  }

  /** Where a run goes back, and from where on, is part of what a checkpoint holds. */
  @Tag("trust")
  @Test
  void aRunThatWentBackGoesOnToTheSameBits() {
    Graph teacher = Rewriter.apply(random, new FoldBatchNorm());
    Graph damaged = damaged(teacher, 0.1);
    TrainRecipe high =
        TrainRecipe.fineTuning(2, 5).withSteps(32, 1e4).withMuonRate(1).withAveraging(0.5);
    Path checkpoint = folder.resolve("tune.safetensors");
    Follower whole = new Follower(Integer.MAX_VALUE);
    Graph expected =
        session(whole).fineTune(damaged, teacher, all(drawn), new Training(high, null));
    Training training = new Training(high, checkpoint);
    List<String> notes = new ArrayList<>();
    for (int stop : new int[] {1, 1, 1}) {
      Follower follower = new Follower(stop);
      assertThatThrownBy(() -> session(follower).fineTune(damaged, teacher, all(drawn), training))
          .isInstanceOf(CancellationException.class);
      notes.addAll(follower.notes);
    }
    Follower rest = new Follower(Integer.MAX_VALUE);
    Graph found = session(rest).fineTune(damaged, teacher, all(drawn), training);
    notes.addAll(rest.notes);

    assertThat(differing(expected, found)).isEmpty();
    assertThat(risen(notes)).isEqualTo(risen(whole.notes)).isNotEmpty();
  }

  private static List<String> risen(List<String> notes) {
    return notes.stream().filter(note -> note.contains("had risen")).toList();
  }

  @Test
  void memoryStaysFlat() {
    Graph teacher = Rewriter.apply(random, new FoldBatchNorm());
    fineTune(random, teacher, drawn, null, 1);
    List<Long> bytes = new ArrayList<>();
    WorkListener listener =
        new WorkListener() {
          @Override
          public void advance(long done, List<Figure> figures) {
            bytes.add(Pointer.physicalBytes());
          }
        };
    session(listener).fineTune(random, teacher, all(drawn), fineTuning(4, null));
    long grown = bytes.get(bytes.size() - 1) - bytes.get(10);
    // A step's activations are about 10 MB: thirty steps that leaked them would hold 300.
    assertThat(grown).isLessThan(200L << 20);
  }

  @Test
  void labelsAreAskedForAndMustFit() {
    TorchSession session = session(WorkListener.NONE);
    Training training = new Training(scratch(1), null);
    DataSplit unlabelled = all(drawn.withoutLabels());
    assertThatThrownBy(() -> session.fineTune(random, null, unlabelled, training))
        .isInstanceOf(InvalidInputException.class)
        .hasMessageContaining("labels");
    Graph five = Zoo.randomCifarResNet(1, List.of(4), 5, 1);
    assertThatThrownBy(() -> session.fineTune(five, null, all(drawn), training))
        .isInstanceOf(InvalidInputException.class)
        .hasMessageContaining("10 classes");
  }

  @Test
  void trainsInBfloat16WithWeightsInFloat32() {
    Compute half = new Compute(Compute.Precision.BF16, 2);
    Training training = new Training(scratch(1), null);
    Graph narrow =
        new TorchSession(half, WorkListener.NONE)
            .fineTune(random, null, first(96, drawn), training);
    Graph wide = session(WorkListener.NONE).fineTune(random, null, first(96, drawn), training);
    assertThat(differing(random, narrow)).hasSameSizeAs(random.constants().keySet());
    float[] found = narrow.constants().get("linear.weight").floats();
    float[] expected = wide.constants().get("linear.weight").floats();
    float[] before = random.constants().get("linear.weight").floats();
    double moved = 0;
    double apart = 0;
    for (int i = 0; i < found.length; i++) {
      moved += Math.pow(expected[i] - before[i], 2);
      apart += Math.pow(found[i] - expected[i], 2);
    }
    assertThat(Math.sqrt(apart / moved)).isBetween(1e-6, 0.3);
  }

  /** The names of the constants whose bits differ. */
  private static List<String> differing(Graph a, Graph b) {
    return a.constants().keySet().stream()
        .filter(name -> !a.constants().get(name).sameAs(b.constants().get(name)))
        .toList();
  }

  private static Graph damaged(Graph graph) {
    return damaged(graph, 0.8);
  }

  private static Graph damaged(Graph graph, double by) {
    SplittableRandom random = new SplittableRandom(9);
    Graph.Builder builder = graph.edit();
    graph
        .constants()
        .forEach(
            (name, constant) -> {
              if (constant.type().isFloating() && constant.rank() == 4) {
                float[] values = constant.floats();
                for (int i = 0; i < values.length; i++) {
                  values[i] *= (float) (1 + by * random.nextGaussian());
                }
                builder.constant(name, Constant.of(values, constant.sizes()));
              }
            });
    return builder.build();
  }

  /** Remembers what it is told, and stops the run after a step. */
  private static final class Follower implements WorkListener {
    private final int stop;
    private final List<String> notes = new ArrayList<>();
    private boolean training;
    private long steps;
    private int advanced;

    Follower(int stop) {
      this.stop = stop;
    }

    @Override
    public void begin(String what, long all) {
      training = what.equals("train");
      steps = all;
    }

    @Override
    public void advance(long done, List<Figure> figures) {
      advanced += training ? 1 : 0;
      if (advanced == stop) {
        throw new CancellationException("stopped");
      }
    }

    @Override
    public void note(String line) {
      notes.add(line);
    }
  }

  /** Noisy images in four colours, the first ones damaged: a task that a few dozen steps solve. */
  private record Coloured(long seed, int damaged) implements Dataset {
    @Override
    public int size() {
      return 128;
    }

    @Override
    public List<String> classes() {
      return List.of("red", "green", "blue", "grey");
    }

    @Override
    public int label(int index) {
      return index % 4;
    }

    @Override
    public String name(int index) {
      return "image " + index;
    }

    @Override
    public RgbImage image(int index, ImageDecoder decoder) throws IOException {
      if (index < damaged) {
        throw new IOException("damaged");
      }
      byte[] noise = new byte[32 * 32 * 3];
      new SplittableRandom(seed * size() + index).nextBytes(noise);
      for (int i = 0; i < noise.length; i++) {
        int base = i % 3 == label(index) ? 100 : 60;
        noise[i] = (byte) (base + (noise[i] & 63));
      }
      return new RgbImage(32, 32, noise);
    }
  }
}
