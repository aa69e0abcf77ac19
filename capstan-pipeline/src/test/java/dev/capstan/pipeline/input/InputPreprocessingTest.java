package dev.capstan.pipeline.input;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.capstan.error.InvalidInputException;
import dev.capstan.graph.DataType;
import dev.capstan.graph.Graph;
import dev.capstan.graph.Shape;
import dev.capstan.graph.TensorType;
import dev.capstan.image.Preprocessing;
import dev.capstan.image.Preprocessing.AxisOrder;
import dev.capstan.image.Preprocessing.ChannelOrder;
import dev.capstan.image.Preprocessing.Range;
import dev.capstan.image.Resize;
import dev.capstan.image.RgbImage;
import dev.capstan.job.PreprocessingOptions;
import dev.capstan.job.PreprocessingOptions.Extent;
import dev.capstan.job.PreprocessingOptions.ResizeMode;
import java.io.IOException;
import java.util.List;
import java.util.SplittableRandom;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** How images become a network's input: what its shape tells, and what must be said. */
final class InputPreprocessingTest {
  private static final PreprocessingOptions USUAL = PreprocessingOptions.DEFAULT;

  private static Graph graph(long... shape) {
    return typed(DataType.FLOAT32, shape);
  }

  private static Graph typed(DataType type, long... shape) {
    return Graph.builder("network").input("image", new TensorType(type, Shape.of(shape))).build();
  }

  private static PreprocessingOptions options(
      ResizeMode resize, int size, int crop, @Nullable AxisOrder layout) {
    return new PreprocessingOptions(
        USUAL.mean(),
        USUAL.std(),
        USUAL.channels(),
        USUAL.range(),
        resize,
        size,
        Extent.square(crop),
        layout);
  }

  private static Preprocessing of(ResizeMode resize, int size, int crop, long... shape) {
    return InputPreprocessing.of(options(resize, size, crop, null), graph(shape));
  }

  private static Preprocessing usual(long... shape) {
    return InputPreprocessing.of(USUAL, graph(shape));
  }

  private static void refused(Runnable work, String... words) {
    assertThatThrownBy(work::run)
        .isInstanceOf(InvalidInputException.class)
        .hasMessageContainingAll(words);
  }

  @Test
  void theOrderOfAxesIsToldFromTheShape() {
    assertThat(usual(-1, 3, 40, 48).layout()).isEqualTo(AxisOrder.NCHW);
    assertThat(usual(-1, 40, 48, 3).layout()).isEqualTo(AxisOrder.NHWC);
    // Where both may be channels they come first.
    assertThat(usual(1, 3, 8, 3).layout()).isEqualTo(AxisOrder.NCHW);
  }

  @Test
  void theExtentsAreTheNetworksInEitherOrder() {
    for (Preprocessing found : List.of(usual(-1, 3, 40, 48), usual(-1, 40, 48, 3))) {
      assertThat(found.height()).isEqualTo(40);
      assertThat(found.width()).isEqualTo(48);
    }
  }

  @Test
  void whatTheUserSaysOfTheOrderGoesBefore() {
    PreprocessingOptions said = options(ResizeMode.NONE, 0, 0, AxisOrder.NHWC);

    assertThat(InputPreprocessing.of(said, graph(1, 3, 8, 3)).height()).isEqualTo(3);
    refused(
        () -> InputPreprocessing.of(said, graph(1, 3, 8, 8)),
        "[1x3x8x8] has 8 channels",
        "4 with alpha");
  }

  /** What is told of two images is told of one that holds both. */
  @Test
  void severalImagesAreSentToFilesOfArraysHoweverTheyCome() {
    String way = "give a folder of .npz files, one an image";
    TensorType image = new TensorType(DataType.FLOAT32, Shape.of(1, 3, 8, 8));
    Graph two = graph(1, 3, 8, 8).edit().input("after", image).build();

    refused(() -> InputPreprocessing.of(USUAL, two), "(image, after)", way);
    refused(() -> usual(1, 6, 8, 8), "has 6 channels", way);
  }

  /** A network that takes bytes gets them, whatever its siblings are given. */
  @Test
  void wholeNumbersAreFedAsTheyAre() {
    Preprocessing bytes = InputPreprocessing.of(USUAL, typed(DataType.UINT8, 1, 40, 48, 3));
    assertThat(bytes.range()).isEqualTo(Range.ZERO_TO_255);
    assertThat(bytes.mean()).containsExactly(0.0, 0.0, 0.0);
    assertThat(bytes.std()).containsExactly(1.0, 1.0, 1.0);
    assertThat(bytes.layout()).isEqualTo(AxisOrder.NHWC);

    assertThat(InputPreprocessing.of(USUAL, typed(DataType.INT32, -1, 1, 8, 8)).mean())
        .containsExactly(0.0);
    assertThat(InputPreprocessing.of(USUAL, typed(DataType.UINT8, -1, 8, 8, 4)).std())
        .containsExactly(1.0, 1.0, 1.0, 1.0);
    assertThat(InputPreprocessing.of(USUAL, typed(DataType.INT8, 1, 3, 8, 8)).mean())
        .containsExactly(128.0, 128.0, 128.0);

    PreprocessingOptions said =
        new PreprocessingOptions(
            List.of(0.5, 0.5, 0.5),
            USUAL.std(),
            USUAL.channels(),
            USUAL.range(),
            ResizeMode.SHORTER,
            0,
            Extent.NONE,
            null);
    refused(
        () -> InputPreprocessing.of(said, typed(DataType.UINT8, 1, 3, 8, 8)),
        "'image' takes whole numbers (uint8[1x3x8x8])",
        "leave out setting 'mean'");
  }

  @Test
  void aCropOfAnotherSizeThanAFixedInputIsRefused() {
    refused(() -> of(ResizeMode.SHORTER, 0, 24, -1, 3, 32, 32), "'image'", "'crop' asks for 24");
    assertThat(of(ResizeMode.SHORTER, 0, 32, -1, 3, 32, 32)).isEqualTo(usual(-1, 3, 32, 32));
  }

  /** Around a picture that does not fill its box detectors see gray, some of them black. */
  @Test
  void aLetterboxIsGrayOrBlack() {
    assertThat(of(ResizeMode.LETTERBOX, 0, 0, -1, 3, 24, 32).resize())
        .isEqualTo(Resize.letterbox(24, 32, 114));
    assertThat(of(ResizeMode.LETTERBOX_BLACK, 0, 0, -1, 3, 24, 32).resize())
        .isEqualTo(Resize.letterbox(24, 32, 0));
  }

  @Test
  void anOpenSizeNeedsACropOrASize() {
    refused(() -> usual(-1, 3, -1, -1), "height or width open", "'crop'", "'size'");
    refused(() -> usual(-1, 3, 32, -1), "height or width open");
    assertThat(of(ResizeMode.SHORTER, 0, 24, -1, 3, -1, -1).shape(1)).containsExactly(1, 3, 24, 24);
    assertThat(of(ResizeMode.SHORTER, 28, 0, -1, 3, -1, -1).shape(1)).containsExactly(1, 3, 28, 28);
    assertThat(of(ResizeMode.SHORTER, 28, 24, -1, 3, -1, -1).shape(1))
        .containsExactly(1, 3, 24, 24);
  }

  @Test
  void theShorterSideIsEightSeventhsOfTheCrop() {
    assertThat(usual(-1, 3, 224, 224).resize()).isEqualTo(Resize.shorterSide(256));
    assertThat(usual(-1, 3, 32, 32).resize()).isEqualTo(Resize.shorterSide(37));
    assertThat(usual(-1, 3, 448, 224).resize()).isEqualTo(Resize.covering(512, 256));
    assertThat(of(ResizeMode.SHORTER, 0, 112, -1, 3, -1, -1).resize())
        .isEqualTo(Resize.shorterSide(128));
    assertThat(of(ResizeMode.SHORTER, 232, 0, -1, 3, 224, 224).resize())
        .isEqualTo(Resize.shorterSide(232));
  }

  @Test
  void anExactResizeIsToTheSizeElseToTheInput() {
    assertThat(of(ResizeMode.EXACT, 40, 0, -1, 3, 32, 24).resize())
        .isEqualTo(Resize.exactly(40, 40));
    assertThat(of(ResizeMode.EXACT, 0, 0, -1, 3, 32, 24).resize())
        .isEqualTo(Resize.exactly(32, 24));
  }

  @Test
  void withoutAResizeTheCenterIsCropped() {
    assertThat(of(ResizeMode.NONE, 0, 0, -1, 3, 32, 32)).isEqualTo(Preprocessing.imageNet(32, 32));
  }

  private static PreprocessingOptions values(List<Double> mean, @Nullable Range range) {
    return new PreprocessingOptions(mean, List.of(), null, range, null, 0, Extent.NONE, null);
  }

  /** Whatever the range, ImageNet's numbers make the same of the same picture. */
  @Test
  void whatIsUsualIsScaledWithTheRange() {
    for (long depth : new long[] {1, 3, 4}) {
      Graph network = graph(1, depth, 8, 8);
      Preprocessing unit = InputPreprocessing.of(USUAL, network);
      Preprocessing bytes = InputPreprocessing.of(values(List.of(), Range.ZERO_TO_255), network);
      for (int i = 0; i < depth; i++) {
        assertThat(bytes.mean().get(i)).isEqualTo(255 * unit.mean().get(i));
        assertThat(bytes.std().get(i)).isEqualTo(255 * unit.std().get(i));
      }
    }
  }

  /** Means of bytes leave a picture of 0..1 next to no contrast, and every image looks alike. */
  @Test
  void aMeanOutsideTheRangeIsRefused() {
    List<Double> bytes = List.of(127.0, 127.0, 127.0);
    refused(
        () -> InputPreprocessing.of(values(bytes, null), graph(1, 3, 8, 8)),
        "'mean' [127.0, 127.0, 127.0]",
        "0 to 1",
        "'range' byte");
    assertThat(InputPreprocessing.of(values(bytes, Range.ZERO_TO_255), graph(1, 3, 8, 8)).mean())
        .isEqualTo(bytes);
    refused(
        () ->
            InputPreprocessing.of(
                values(List.of(104.0, 117.0, 256.0), Range.ZERO_TO_255), graph(1, 3, 8, 8)),
        "0 to 255",
        "means of its channels");
  }

  @Test
  void aGrayNetworkNeedsOneMean() {
    PreprocessingOptions gray =
        new PreprocessingOptions(
            List.of(0.5),
            List.of(0.25),
            ChannelOrder.BGR,
            Range.ZERO_TO_255,
            ResizeMode.NONE,
            0,
            Extent.NONE,
            null);

    Preprocessing found = InputPreprocessing.of(gray, graph(-1, 28, 28, 1));

    assertThat(found)
        .isEqualTo(
            new Preprocessing(
                ChannelOrder.BGR,
                Range.ZERO_TO_255,
                List.of(0.5),
                List.of(0.25),
                Resize.NONE,
                28,
                28,
                AxisOrder.NHWC));
    refused(() -> InputPreprocessing.of(gray, graph(-1, 3, 28, 28)), "has 3 channels", "1 numbers");
  }

  @Test
  void statisticsAreThoseOfTheChannelsWhereNoneAreGiven() {
    assertThat(usual(-1, 1, 28, 28).mean()).containsExactly(0.449);
    assertThat(usual(-1, 1, 28, 28).std()).containsExactly(0.226);
    assertThat(usual(-1, 8, 9, 4).mean()).containsExactly(0.485, 0.456, 0.406, 0.0);
    assertThat(usual(-1, 4, 28, 28).std()).containsExactly(0.229, 0.224, 0.225, 1.0);
    refused(() -> usual(-1, 6, 28, 28), "has 6 channels", "4 with alpha");
  }

  /** A square photograph for a long input was once refused. */
  @Test
  void theUsualResizeCoversAnyCropForAnyPicture() throws IOException {
    SplittableRandom random = new SplittableRandom(4);
    for (int trial = 0; trial < 300; trial++) {
      int height = random.nextInt(1, 40);
      int width = random.nextInt(1, 40);
      int h = random.nextInt(1, 60);
      int w = random.nextInt(1, 60);
      RgbImage seen = usual(-1, 3, height, width).fit(new RgbImage(w, h, new byte[3 * h * w]));
      assertThat(seen.height()).isEqualTo(height);
      assertThat(seen.width()).isEqualTo(width);
    }
  }

  @Test
  void aCropMayBeLongerThanHigh() {
    PreprocessingOptions wide = USUAL.withCrop(new Extent(48, 96));

    assertThat(InputPreprocessing.of(wide, graph(-1, 3, -1, -1)).shape(1))
        .containsExactly(1, 3, 48, 96);
    assertThat(InputPreprocessing.of(wide, graph(-1, -1, -1, 3)).shape(1))
        .containsExactly(1, 48, 96, 3);
    refused(() -> InputPreprocessing.of(wide, graph(-1, 3, 96, 48)), "'crop' asks for 96x48");
  }

  @Test
  void anInputThatIsNoImageIsRefused() {
    TensorType image = new TensorType(DataType.FLOAT32, Shape.of(1, 3, 8, 8));
    Graph two = graph(1, 3, 8, 8).edit().input("mask", image).build();

    refused(() -> usual(1, 192), "'image'", "4 axes", "[1x192]");
    refused(() -> InputPreprocessing.of(USUAL, two), "one input", "(image, mask)");
  }
}
