package dev.capstan.torch.internal.learn;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.capstan.data.Batches;
import dev.capstan.data.DataSplit;
import dev.capstan.data.DatasetView;
import dev.capstan.data.ImageDecoder;
import dev.capstan.data.ImageIoDecoder;
import dev.capstan.data.ImageStore;
import dev.capstan.data.ImageSubset;
import dev.capstan.data.shapes.ShapeImages;
import dev.capstan.graph.Graph;
import dev.capstan.image.Preprocessing;
import dev.capstan.image.RgbImage;
import dev.capstan.rank.Ranks;
import dev.capstan.recipe.WorkListener;
import dev.capstan.recipe.WorkListener.Figure;
import dev.capstan.recipe.stage.BasisForm;
import dev.capstan.recipe.stage.LearnRecipe;
import dev.capstan.recipe.stage.Learned;
import dev.capstan.rewrite.FoldBatchNorm;
import dev.capstan.rewrite.Rewriter;
import dev.capstan.space.Bases;
import dev.capstan.space.Basis;
import dev.capstan.space.ChannelSpaces;
import dev.capstan.space.ChannelSpaces.Residual;
import dev.capstan.space.Matrix;
import dev.capstan.testing.OrtOracle;
import dev.capstan.torch.internal.calibrate.Calibration;
import dev.capstan.torch.internal.calibrate.OriginalRun;
import dev.capstan.torch.internal.checkpoint.SealedFile;
import dev.capstan.torch.internal.checkpoint.WriteThrottle;
import dev.capstan.torch.internal.distributed.Exchange;
import dev.capstan.torch.internal.distributed.Summation;
import dev.capstan.torch.internal.engine.Execution;
import dev.capstan.torch.internal.tensor.Precision;
import dev.capstan.torch.internal.tensor.Tensors;
import dev.capstan.zoo.Zoo;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.bytedeco.javacpp.Pointer;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.Tensor;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/** Learning, on a small network and drawn images. */
class LearningTest {
  private static final Graph GRAPH =
      Rewriter.apply(Zoo.randomCifarResNet(1, List.of(8, 16), 10, 3), new FoldBatchNorm());
  private static final ChannelSpaces SPACES = ChannelSpaces.of(GRAPH, Residual.KEEP);
  private static final Execution EXECUTION = new Execution(Precision.FP32, 1);
  private static final ImageStore IMAGES =
      new ImageStore(new ShapeImages(5, 480), new ImageIoDecoder(), Preprocessing.imageNet(32, 32));
  private static final int LEARNED_FROM = 320;

  private static final Map<BasisForm, Learned> LEARNED = new EnumMap<>(BasisForm.class);

  private static LearnRecipe recipe(BasisForm form) {
    double rate = form == BasisForm.TIED ? 0.03 : 0.003;
    return new LearnRecipe(form, 640, 16, rate, new LearnRecipe.Task(0.25, 0.2, 0.1), 0, false, 7);
  }

  private static Ranks halved() {
    Map<String, Integer> ranks = new LinkedHashMap<>();
    SPACES.compressible().forEach(space -> ranks.put(space.name(), space.width() / 2));
    return new Ranks(ranks);
  }

  /** Learned once for all tests. */
  private static Learned learned(BasisForm form) {
    return LEARNED.computeIfAbsent(form, LearningTest::learn);
  }

  private static Learned learn(BasisForm form) {
    DataSplit seen =
        new DataSplit(images(0, LEARNED_FROM), images(LEARNED_FROM, 480), images(0, 480));
    return new Learning(SPACES, seen, EXECUTION, WorkListener.NONE).run(halved(), recipe(form));
  }

  @ParameterizedTest
  @EnumSource(BasisForm.class)
  void bringsUnseenImagesNearer(BasisForm form) {
    Learned learned = learned(form);

    assertThat(learned.imagesSeen()).isEqualTo(LEARNED_FROM + recipe(form).images());
    assertThat(learned.bases().bySpace()).hasSize(SPACES.compressible().size());
    assertThat(rhoOfUnseen(learned.bases())).isLessThan(0.9 * rhoOfUnseen(learned.start()));
  }

  @Test
  void tiedBasesStayOrthonormal() {
    learned(BasisForm.TIED).bases().bySpace().values().forEach(LearningTest::assertOrthonormal);
  }

  private static void assertOrthonormal(Basis basis) {
    Matrix gram = basis.encode().transposedTimes(basis.encode());
    for (int row = 0; row < gram.rows(); row++) {
      for (int column = 0; column < gram.columns(); column++) {
        assertThat(gram.at(row, column)).isCloseTo(row == column ? 1 : 0, within(1e-5f));
      }
    }
  }

  /** A rate that undoes everything: what comes out is the start, or better. */
  @Tag("trust")
  @ParameterizedTest
  @CsvSource({"OBLIQUE,0.3", "OBLIQUE,1000", "TIED,1000"})
  void anAbsurdRateEndsNoWorseThanTheStart(BasisForm form, double rate) {
    LearnRecipe absurd = new LearnRecipe(form, 160, 16, rate, LearnRecipe.Task.NONE, 0, false, 7);
    Heard heard = new Heard();
    Learned learned = new Learning(SPACES, few(), EXECUTION, heard).run(halved(), absurd);

    assertThat(rho(learned.bases(), few().heldOut(), few().seen()))
        .isLessThanOrEqualTo(1.0001 * rho(learned.start(), few().heldOut(), few().seen()));
    assertThat(learned.rollBacks()).isPositive();
    assertThat(heard.notes).anyMatch(note -> note.contains("images held out had risen"));
  }

  /** A second part that undoes everything: what the first one learned stays. */
  @Tag("trust")
  @Test
  void anAbsurdTaskRateLeavesWhatWasLearnedBefore() {
    LearnRecipe.Task absurd = new LearnRecipe.Task(0.5, 1, 1000);
    LearnRecipe recipe = new LearnRecipe(BasisForm.OBLIQUE, 320, 16, 0.003, absurd, 0, false, 7);
    Learned learned =
        new Learning(SPACES, few(), EXECUTION, WorkListener.NONE).run(halved(), recipe);

    assertThat(rho(learned.bases(), few().heldOut(), few().seen()))
        .isLessThan(0.95 * rho(learned.start(), few().heldOut(), few().seen()));
    assertThat(learned.rollBacks()).isPositive();
  }

  /** The images held out are few enough that learning watches all of them. */
  private static DataSplit few() {
    return new DataSplit(images(0, 160), images(LEARNED_FROM, LEARNED_FROM + 48), images(0, 160));
  }

  /** Mirror images of what is its own mirror image teach the same, to the bit; others do not. */
  @Test
  void mirrorImagesAreWhatIsSeen() {
    ImageStore symmetric =
        new ImageStore(
            new Symmetric(new ShapeImages(5, 32)),
            new ImageIoDecoder(),
            Preprocessing.imageNet(32, 32));
    for (ImageStore store : List.of(symmetric, IMAGES)) {
      int[] some = IntStream.range(0, 32).toArray();
      DataSplit split = DataSplit.undivided(ImageSubset.of(store, some));
      LearnRecipe plain = LearnRecipe.standard(64, 7).withBatch(16);
      Learning learning = new Learning(SPACES, split, EXECUTION, WorkListener.NONE);
      Learned of = learning.run(halved(), plain);
      Learned ofMirrored = learning.run(halved(), plain.withMirrorImages(true));
      assertThat(of.bases().equals(ofMirrored.bases())).isEqualTo(store == symmetric);
    }
  }

  /** Drawn images whose right half is their left one's mirror image. */
  private record Symmetric(ShapeImages whole) implements DatasetView {
    @Override
    public RgbImage image(int index, ImageDecoder decoder) {
      RgbImage image = whole.image(index, decoder);
      byte[] pixels = image.pixels().clone();
      int row = 3 * image.width();
      for (int i = 0; i < pixels.length; i++) {
        int mirrored = i / row * row + row - 3 - i % row / 3 * 3 + i % 3;
        pixels[i] = pixels[Math.min(i, mirrored)];
      }
      return new RgbImage(image.width(), image.height(), pixels);
    }
  }

  @Test
  void ordinaryLearningNeverGoesBack() {
    assertThat(learned(BasisForm.OBLIQUE).rollBacks()).isZero();
  }

  @TempDir Path folder;

  /** Learning that keeps all it does, and is stopped after so many steps of this start. */
  private Learned kept(BasisForm form, int steps, String name) {
    SealedFile file =
        new SealedFile(folder.resolve(name), "learning", WriteThrottle.always(), told -> {});
    WorkListener stops =
        new WorkListener() {
          private int left = steps;

          @Override
          public void advance(long done, List<Figure> figures) {
            if (left-- == 0) {
              throw new IllegalStateException("stopped");
            }
          }
        };
    double rate = recipe(form).rate();
    LearnRecipe brief =
        new LearnRecipe(form, 160, 16, rate, new LearnRecipe.Task(0.25, 0.2, 0.1), 0, true, 7);
    return new Learning(SPACES, few(), Summation.alone(EXECUTION, stops), file, Exchange.NONE)
        .run(halved(), brief);
  }

  /** Whatever was stopped where, and whatever was damaged since. */
  @Tag("trust")
  @ParameterizedTest
  @EnumSource(BasisForm.class)
  void whatIsStoppedGoesOnToTheSameBits(BasisForm form) throws IOException {
    Learned undisturbed = kept(form, Integer.MAX_VALUE, "undisturbed");
    for (int steps : new int[] {0, 1, 4, 3}) {
      assertThatThrownBy(() -> kept(form, steps, "state")).hasMessage("stopped");
    }
    Learned gone = kept(form, Integer.MAX_VALUE, "state");
    assertThat(gone.bases()).isEqualTo(undisturbed.bases());
    assertThat(gone.start()).isEqualTo(undisturbed.start());
    assertThat(gone.imagesSeen()).isEqualTo(undisturbed.imagesSeen());
    assertThat(kept(form, 0, "state").bases()).as("not done again").isEqualTo(undisturbed.bases());

    byte[] bytes = Files.readAllBytes(folder.resolve("state"));
    bytes[bytes.length / 2] ^= 4;
    Files.write(folder.resolve("state"), bytes);
    assertThat(kept(form, Integer.MAX_VALUE, "state").bases()).isEqualTo(undisturbed.bases());
  }

  private static final class Heard implements WorkListener {
    private final List<String> notes = new ArrayList<>();

    @Override
    public void note(String line) {
      notes.add(line);
    }
  }

  /** Summed relative distance on images that learning did not see. */
  private static double rhoOfUnseen(Bases bases) {
    ImageSubset unseen = images(LEARNED_FROM, IMAGES.dataset().size());
    return rho(bases, unseen, unseen);
  }

  /** The same on some images, relative to the energies on others. */
  private static double rho(Bases bases, ImageSubset of, ImageSubset calibrated) {
    Calibration calibration = new Calibration(SPACES, SPACES.compressible());
    try (PointerScope scope = new PointerScope();
        OriginalRun original = new OriginalRun(GRAPH, EXECUTION);
        Lockstep lockstep = new Lockstep(SPACES, bases, EXECUTION)) {
      original.observe(tensors(calibrated), calibration.batch(calibrated.size()));
      Tensor[] images = tensors(of);
      Map<String, Projector.Pair> pairs = new HashMap<>();
      bases.bySpace().forEach((name, basis) -> pairs.put(name, Lockstep.fixed(basis)));
      return lockstep.run(images, pairs, calibration.scales().values()).rho().item_double();
    }
  }

  private static ImageSubset images(int from, int to) {
    return ImageSubset.of(IMAGES, IntStream.range(from, to).toArray());
  }

  private static Tensor[] tensors(ImageSubset images) {
    try (Batches batches = images.batches(images.size(), 1)) {
      return Tensors.of(batches.next());
    }
  }

  @ParameterizedTest
  @EnumSource(BasisForm.class)
  void equalSeedsGiveEqualBits(BasisForm form) {
    assertThat(learn(form).bases()).isEqualTo(learned(form).bases());
  }

  @Tag("trust")
  @ParameterizedTest
  @EnumSource(BasisForm.class)
  void memoryStaysFlat(BasisForm form) {
    LearnRecipe recipe = recipe(form);
    Calibration calibration = new Calibration(SPACES, SPACES.compressible());
    long[] sizes = {4, 3, 32, 32};
    float[] images = OrtOracle.Tensor.random(3, sizes).values();
    try (PointerScope scope = new PointerScope();
        OriginalRun original = new OriginalRun(GRAPH, EXECUTION)) {
      original.observe(new Tensor[] {Tensors.of(images, sizes)}, calibration.batch(4));
    }
    try (Learner learner =
        new Learner(
            SPACES,
            calibration.start(halved(), recipe.form()),
            calibration.scales(),
            recipe,
            EXECUTION)) {
      steps(learner, images, sizes, 50);
      long before = Pointer.physicalBytes();
      steps(learner, images, sizes, Integer.getInteger("capstan.steps", 100));
      long grown = Pointer.physicalBytes() - before;
      // One forgotten activation of the first layer a step would be 38 MB.
      assertThat(grown).isLessThan(24L << 20);
    }
  }

  private static void steps(Learner learner, float[] images, long[] sizes, int count) {
    for (int i = 0; i < count; i++) {
      try (PointerScope scope = new PointerScope()) {
        learner.step(new Tensor[] {Tensors.of(images, sizes)}, result -> result.rho(), 0.1, 0.01);
      }
    }
    System.gc();
  }
}
