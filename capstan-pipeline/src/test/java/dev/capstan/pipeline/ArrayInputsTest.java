package dev.capstan.pipeline;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.capstan.error.InvalidInputException;
import dev.capstan.graph.Constant;
import dev.capstan.graph.Dim;
import dev.capstan.graph.Graph;
import dev.capstan.graph.op.Relu;
import dev.capstan.job.BasisOptions;
import dev.capstan.job.CompressJob;
import dev.capstan.job.CompressJob.Limits;
import dev.capstan.job.CompressionOptions;
import dev.capstan.job.EvaluateJob;
import dev.capstan.job.ImageOptions;
import dev.capstan.job.Inputs;
import dev.capstan.job.PreprocessingOptions;
import dev.capstan.job.RankSettings;
import dev.capstan.job.TuneOptions;
import dev.capstan.pipeline.input.Session;
import dev.capstan.recipe.Method;
import dev.capstan.recipe.WorkListener;
import dev.capstan.report.CompressReport;
import dev.capstan.testing.ArrayFiles;
import dev.capstan.testing.Layers;
import dev.capstan.testing.OrtOracle.Tensor;
import dev.capstan.testing.Siamese;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Networks that no picture fills, fed from files of arrays, from end to end. */
final class ArrayInputsTest {
  private static final int CHANNELS = 6;
  private static final int SIDE = 8;
  private static final int FILES = 30;
  private static final int ELEMENTS = CHANNELS * SIDE * SIDE;

  @TempDir static Path folder;

  /** One network over two inputs, and over both stacked; it gives how its outputs differ. */
  private static Path two;

  private static Path stacked;
  private static Path ofTwo;
  private static Path ofStacked;

  @BeforeAll
  static void write() throws IOException {
    Layers layers = new Layers("pair", 3, Dim.open("n"), CHANNELS, SIDE);
    Layers.Feature inner = layers.apply(new Relu(), layers.conv(layers.input(), 12, 3, 1));
    Layers.Feature last = layers.apply(new Relu(), layers.conv(inner, 16, 3, 2));
    Graph graph = layers.outputs(layers.conv(last, 3, 1, 1));
    Graph pair = Siamese.inputs(graph);
    two = TinyInputs.written(pair, Files.createDirectory(folder.resolve("two")));
    stacked = TinyInputs.written(Siamese.of(graph), Files.createDirectory(folder.resolve("one")));
    ofTwo = Files.createDirectory(folder.resolve("arrays of two"));
    ofStacked = Files.createDirectory(folder.resolve("stacked arrays"));
    for (int i = 0; i < FILES; i++) {
      float[] values = Tensor.random(i, 2, CHANNELS, SIDE, SIDE).values();
      ArrayFiles.write(
          ofTwo.resolve(i + ".npz"),
          Map.of(
              pair.inputs().get(0).name(), array(Arrays.copyOf(values, ELEMENTS), CHANNELS),
              pair.inputs().get(1).name(),
                  array(Arrays.copyOfRange(values, ELEMENTS, 2 * ELEMENTS), CHANNELS)));
      ArrayFiles.write(ofStacked.resolve(i + ".npz"), Map.of("arr_0", array(values, 2 * CHANNELS)));
    }
  }

  private static Constant array(float[] values, int channels) {
    return Constant.of(values, channels, SIDE, SIDE);
  }

  private static CompressReport compressed(Path model, Path arrays, Path result) {
    CompressionOptions options =
        CompressionOptions.DEFAULT
            .with(TinyInputs.RANKS.with(RankSettings.Policy.UNIFORM))
            .with(new BasisOptions(Method.CAP, 256, false))
            .with(TuneOptions.of(1));
    Inputs inputs = TinyInputs.of(model, arrays);
    return Compressor.run(
        new CompressJob(inputs, options, Limits.NONE, result, false), WorkListener.NONE);
  }

  /** Two inputs are two halves of one: everything that is measured and learned is the same. */
  @Test
  void aNetworkOfTwoInputsBecomesWhatItsStackedTwinDoes() {
    Path result = folder.resolve("small.onnx");
    CompressReport found = compressed(two, ofTwo, result);
    CompressReport twin = compressed(stacked, ofStacked, folder.resolve("small twin.onnx"));

    assertThat(found.size().macs().after()).isLessThan(found.size().macs().before());
    assertThat(found.ranks().values()).containsExactlyElementsOf(twin.ranks().values());
    double lost = found.quality().lost().outputError().values().iterator().next();
    assertThat(lost).isBetween(1e-3, 1.0);
    assertThat(twin.quality().lost().outputError().values())
        .singleElement()
        .satisfies(error -> assertThat(error).isCloseTo(lost, within(1e-3 * lost)));

    EvaluateJob job = new EvaluateJob(TinyInputs.of(result, ofTwo), two);
    assertThat(Evaluator.run(job, WorkListener.NONE).scores().outputError().values())
        .singleElement()
        .satisfies(error -> assertThat(error).isBetween(lost / 3, 3 * lost));
  }

  @Test
  void whatIsMissingIsSaidWithTheWayToGiveIt() throws IOException {
    Path pictures = TinyInputs.unlabelled(folder.resolve("pictures"), 5, 10);
    assertRefused(two, pictures, "the network has 2 (", "numpy.savez(file, ");
    assertRefused(stacked, pictures, "12 channels", "numpy.savez(file, pair=...)");
    assertRefused(two, ofStacked, "0.npz: expected an array '", "found 'arr_0' [12x8x8]");
    assertRefused(stacked, ofTwo, "expected an array 'pair' of shape [12x8x8]");
  }

  private static void assertRefused(Path model, Path images, String... parts) {
    assertThatThrownBy(() -> Session.open(TinyInputs.of(model, images), WorkListener.NONE))
        .isInstanceOf(InvalidInputException.class)
        .hasMessageContainingAll(parts);
  }

  @Test
  void arraysGoInAsTheyAre() {
    PreprocessingOptions scaled =
        new PreprocessingOptions(
            List.of(0.5),
            List.of(0.5),
            PreprocessingOptions.DEFAULT.channels(),
            PreprocessingOptions.DEFAULT.range(),
            PreprocessingOptions.DEFAULT.resize(),
            0,
            PreprocessingOptions.Extent.NONE,
            null);
    Inputs inputs = TinyInputs.of(two, ofTwo).with(new ImageOptions(scaled, null, null));

    assertThatThrownBy(() -> Session.open(inputs, WorkListener.NONE))
        .isInstanceOf(InvalidInputException.class)
        .hasMessageContaining("arrays go into the network as they are");
  }

  @Test
  void imagesToJudgeByAreOfTheSameKind() throws IOException {
    Path pictures = TinyInputs.unlabelled(folder.resolve("others"), 6, 10);
    Inputs inputs = TinyInputs.of(two, ofTwo).withValidation(pictures);

    assertThatThrownBy(() -> Session.open(inputs, WorkListener.NONE))
        .isInstanceOf(InvalidInputException.class)
        .hasMessageContaining("a picture, where the network is fed arrays elsewhere");
  }
}
