package dev.capstan.image;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.capstan.data.Normalizer;
import dev.capstan.error.InvalidInputException;
import dev.capstan.image.Augmentation.Placement;
import dev.capstan.image.Augmentation.Placement.Square;
import dev.capstan.image.Preprocessing.AxisOrder;
import dev.capstan.image.Preprocessing.ChannelOrder;
import dev.capstan.image.Preprocessing.Range;
import java.io.IOException;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tools.jackson.databind.json.JsonMapper;

@Tag("trust")
class PreprocessingTest {
  private static final Preprocessing PLAIN =
      Preprocessing.imageNet(2, 3).withStatistics(List.of(0.0, 0.1, 0.2), List.of(1.0, 2.0, 4.0));

  private static RgbImage noise(int height, int width) {
    byte[] pixels = new byte[3 * height * width];
    SplittableRandom random = new SplittableRandom(1);
    for (int i = 0; i < pixels.length; i++) {
      pixels[i] = (byte) random.nextInt(256);
    }
    return new RgbImage(width, height, pixels);
  }

  /** All of an image, scaled. */
  private static RgbImage scaled(Resize resize, RgbImage image) throws IOException {
    Resize.Extent extent = resize.of(image);
    return Preprocessing.imageNet((int) extent.height(), (int) extent.width())
        .withResize(resize)
        .fit(image);
  }

  private static int at(RgbImage image, int y, int x, int c) {
    return image.pixels()[(y * image.width() + x) * 3 + c] & 0xff;
  }

  private static float[] normalised(Preprocessing preprocessing, RgbImage image, Placement place) {
    float[] values = new float[preprocessing.elements()];
    new Normalizer(preprocessing).write(image.pixels(), place, values, 0);
    return values;
  }

  @ParameterizedTest
  @CsvSource({"7, 9, 20, 31", "20, 31, 7, 9", "20, 31, 31, 9", "5, 5, 1, 1", "1, 1, 5, 5"})
  void aConstantImageStaysConstant(int height, int width, int newHeight, int newWidth)
      throws IOException {
    byte[] pixels = new byte[3 * height * width];
    Arrays.fill(pixels, (byte) 201);
    RgbImage scaled =
        scaled(Resize.exactly(newHeight, newWidth), new RgbImage(width, height, pixels));
    assertThat(scaled.height()).isEqualTo(newHeight);
    assertThat(scaled.width()).isEqualTo(newWidth);
    assertThat(scaled.pixels()).containsOnly((byte) 201);
  }

  @Test
  void theOwnExtentLeavesAnImageAlone() throws IOException {
    RgbImage image = noise(9, 13);
    assertThat(scaled(Resize.exactly(9, 13), image).pixels()).isEqualTo(image.pixels());
  }

  @Test
  void halvingWeighsFourNeighboursAsATriangleDoes() throws IOException {
    RgbImage image = noise(1, 16);
    RgbImage half = scaled(Resize.exactly(1, 8), image);
    for (int x = 1; x < 7; x++) {
      double expected =
          (at(image, 0, 2 * x - 1, 1)
                  + 3 * at(image, 0, 2 * x, 1)
                  + 3 * at(image, 0, 2 * x + 1, 1)
                  + at(image, 0, 2 * x + 2, 1))
              / 8.0;
      assertThat((double) at(half, 0, x, 1)).isCloseTo(expected, within(0.51));
    }
  }

  @Test
  void shrinkingKeepsTheMeanWhereSamplingWouldNot() throws IOException {
    byte[] pixels = new byte[3 * 64 * 64];
    for (int i = 0; i < pixels.length; i++) {
      pixels[i] = (byte) ((i / 3 + i / (3 * 64)) % 2 == 0 ? 0 : 200);
    }
    RgbImage small = scaled(Resize.exactly(8, 8), new RgbImage(64, 64, pixels));
    for (int y = 1; y < 7; y++) {
      for (int x = 1; x < 7; x++) {
        assertThat(at(small, y, x, 0)).isBetween(99, 101);
      }
    }
  }

  @Test
  void resizingTheTransposedImageTransposesTheResult() throws IOException {
    RgbImage image = noise(24, 24);
    RgbImage turned = scaled(Resize.exactly(10, 10), transposed(image));
    RgbImage expected = transposed(scaled(Resize.exactly(10, 10), image));
    for (int i = 0; i < expected.pixels().length; i++) {
      assertThat(turned.pixels()[i] & 0xff).isCloseTo(expected.pixels()[i] & 0xff, within(1));
    }
  }

  private static RgbImage transposed(RgbImage image) {
    byte[] pixels = new byte[image.pixels().length];
    for (int i = 0; i < pixels.length; i++) {
      int pixel = i / 3;
      pixels[i] = (byte) at(image, pixel % image.height(), pixel / image.height(), i % 3);
    }
    return new RgbImage(image.height(), image.width(), pixels);
  }

  /** All of a picture is there, in its proportions, in the middle of the border. */
  @ParameterizedTest
  @CsvSource({
    "10, 30, 32, 32, 11, 32", "30, 10, 32, 32, 32, 11", "7, 7, 24, 40, 24, 24",
    "100, 50, 20, 20, 20, 10", "1, 500, 16, 16, 1, 16", "5, 9, 6, 12, 6, 11"
  })
  void aLetterboxShowsAllOfAPicture(
      int height, int width, int toHeight, int toWidth, int inner, int across) throws IOException {
    byte[] pixels = new byte[3 * height * width];
    Arrays.fill(pixels, (byte) 201);
    RgbImage found =
        Preprocessing.imageNet(toHeight, toWidth)
            .withResize(Resize.letterbox(toHeight, toWidth, 114))
            .fit(new RgbImage(width, height, pixels));
    int top = (toHeight - inner) / 2;
    int left = (toWidth - across) / 2;
    for (int y = 0; y < toHeight; y++) {
      for (int x = 0; x < toWidth; x++) {
        boolean inside = y >= top && y < top + inner && x >= left && x < left + across;
        assertThat(at(found, y, x, 1)).as("%d, %d", y, x).isEqualTo(inside ? 201 : 114);
      }
    }
  }

  @Test
  void alphaIsGivenToWhoTakesFourChannels() throws IOException {
    Preprocessing four =
        PLAIN
            .withStatistics(List.of(0.0, 0.0, 0.0, 0.5), List.of(1.0, 1.0, 1.0, 0.5))
            .withChannels(ChannelOrder.BGR, Range.ZERO_TO_ONE);
    byte[] pixels = new byte[4 * 6];
    for (int i = 0; i < 6; i++) {
      System.arraycopy(new byte[] {(byte) 255, 51, 0, (byte) (i * 51)}, 0, pixels, 4 * i, 4);
    }
    RgbImage image = new RgbImage(3, 2, pixels);
    float[] values = normalised(four, four.fit(image), Placement.PLAIN);
    for (int i = 0; i < 6; i++) {
      assertThat(values[i]).isZero();
      assertThat(values[6 + i]).isCloseTo(0.2f, within(1e-6f));
      assertThat(values[12 + i]).isEqualTo(1);
      assertThat(values[18 + i]).isCloseTo(i * 0.4f - 1, within(1e-6f));
    }
    assertThat(PLAIN.fit(image).pixels()).hasSize(18);
    assertThat(four.fit(PLAIN.fit(image)).pixels()[7]).isEqualTo((byte) 255);
  }

  @ParameterizedTest
  @CsvSource({"375, 500, 256, 341", "500, 375, 341, 256", "100, 100, 256, 256"})
  void theShorterSideIsScaledAsTorchvisionDoes(int height, int width, int toHeight, int toWidth)
      throws IOException {
    RgbImage scaled = scaled(Resize.shorterSide(256), noise(height, width));
    assertThat(scaled.height()).isEqualTo(toHeight);
    assertThat(scaled.width()).isEqualTo(toWidth);
  }

  @Test
  void theCenterIsCropped() throws IOException {
    RgbImage image = noise(8, 7);
    RgbImage crop = PLAIN.fit(image);
    assertThat(at(crop, 0, 0, 2)).isEqualTo(at(image, 3, 2, 2));
    assertThat(at(crop, 1, 2, 0)).isEqualTo(at(image, 4, 4, 0));
  }

  @Test
  void anImageOfTheRightExtentPassesUntouched() throws IOException {
    RgbImage image = noise(2, 3);
    assertThat(PLAIN.withResize(Resize.shorterSide(100)).fit(image)).isSameAs(image);
  }

  @Test
  void aSmallImageIsRefusedUnlessResized() throws IOException {
    assertThatThrownBy(() -> PLAIN.fit(noise(2, 2)))
        .isInstanceOf(InvalidInputException.class)
        .hasMessageContaining("2x2 pixels is smaller than the crop of 2x3");
    assertThat(PLAIN.withResize(Resize.shorterSide(3)).fit(noise(2, 2)).width()).isEqualTo(3);
  }

  @ParameterizedTest
  @CsvSource({"30, 41, 16", "41, 30, 16", "13, 90, 32", "90, 7, 20", "16, 16, 33"})
  void ofWhatIsScaledTheCropAloneIsComputed(int height, int width, int side) throws IOException {
    RgbImage image = noise(height, width);
    RgbImage whole = scaled(Resize.shorterSide(side), image);
    RgbImage part = Preprocessing.imageNet(12, 10).withResize(Resize.shorterSide(side)).fit(image);
    int top = (int) Math.rint((whole.height() - 12) / 2.0);
    int left = (int) Math.rint((whole.width() - 10) / 2.0);
    assertThat(part.pixels()).isEqualTo(whole.crop(top, left, 12, 10).pixels());
  }

  @ParameterizedTest
  @CsvSource({"5000000, 1", "1, 5000000"})
  void anImageNextToNoPixelsWideTakesNoMoreMemoryThanAnother(int height, int width)
      throws IOException {
    RgbImage thin = new RgbImage(width, height, new byte[3 * height * width]);
    assertThat(Preprocessing.imageNet(224, 224).withResize(Resize.shorterSide(256)).fit(thin))
        .extracting(RgbImage::height, RgbImage::width)
        .containsExactly(224, 224);
  }

  @Test
  void whatWouldTakeTooMuchToScaleIsRefused() {
    Preprocessing square = Preprocessing.imageNet(224, 224).withResize(Resize.exactly(224, 224));
    RgbImage high = new RgbImage(1, 5_000_000, new byte[15_000_000]);
    assertThatThrownBy(() -> square.fit(high))
        .isInstanceOf(IOException.class)
        .hasMessage("to scale it takes 3204 MB, at most 256 are given to one image");
  }

  @ParameterizedTest
  @CsvSource({
    "RGB, ZERO_TO_ONE, NCHW",
    "BGR, ZERO_TO_ONE, NHWC",
    "BGR, ZERO_TO_255, NCHW",
    "RGB, ZERO_TO_255, NHWC"
  })
  void everyValueIsScaledAndPlaced(ChannelOrder channels, Range range, AxisOrder layout) {
    RgbImage image = noise(2, 3);
    Preprocessing preprocessing = PLAIN.withChannels(channels, range).withLayout(layout);
    float[] values = normalised(preprocessing, image, Placement.PLAIN);
    for (int i = 0; i < 18; i++) {
      int c = layout == AxisOrder.NCHW ? i / 6 : i % 3;
      int pixel = layout == AxisOrder.NCHW ? i % 6 : i / 3;
      double v = at(image, pixel / 3, pixel % 3, channels == ChannelOrder.RGB ? c : 2 - c);
      v = range == Range.ZERO_TO_ONE ? v / 255 : v;
      assertThat((double) values[i])
          .isCloseTo((v - PLAIN.mean().get(c)) / PLAIN.std().get(c), within(1e-5));
    }
  }

  @Test
  void aGrayNetworkIsGivenTheLuma() {
    RgbImage image = noise(2, 3);
    Preprocessing gray = PLAIN.withStatistics(List.of(0.0), List.of(1.0));
    float[] values = normalised(gray, image, Placement.PLAIN);
    assertThat(gray.shape(5)).containsExactly(5, 1, 2, 3);
    for (int i = 0; i < 6; i++) {
      double luma =
          0.299 * at(image, 0, i, 0) + 0.587 * at(image, 0, i, 1) + 0.114 * at(image, 0, i, 2);
      assertThat(values[i] * 255.0).isCloseTo(luma, within(0.51));
    }
  }

  /** Also by more than the image is wide: what lies beyond it turns back at each edge it meets. */
  @ParameterizedTest
  @CsvSource({"0, 0", "1, -1", "-2, 3", "2, 2", "-7, 9", "40, -41"})
  void shiftsGoOnWithTheMirrorImageAndFlipsMirror(int down, int right) {
    Preprocessing preprocessing = Preprocessing.imageNet(3, 5);
    RgbImage image = noise(3, 5);
    float[] plain = normalised(preprocessing, image, Placement.PLAIN);
    for (boolean flipped : new boolean[] {false, true}) {
      Placement place = new Placement(down, right, flipped, Square.NONE);
      float[] moved = normalised(preprocessing, image, place);
      for (int i = 0; i < moved.length; i++) {
        int row = walked(i / 5 % 3, down, 3);
        int column = walked(i % 5, right, 5);
        int from = i / 15 * 15 + row * 5 + (flipped ? 4 - column : column);
        assertThat(moved[i]).as("%d, flipped %s", i, flipped).isEqualTo(plain[from]);
      }
    }
  }

  /** Where a walk of single steps along an axis ends that turns round at both of its ends. */
  private static int walked(int from, int steps, int extent) {
    int at = from;
    int step = Integer.signum(steps);
    for (int i = 0; i < Math.abs(steps); i++) {
      if (at + step < 0 || at + step >= extent) {
        step = -step;
      }
      at += step;
    }
    return at;
  }

  /** A network of one row, or one column. */
  @Test
  void anAxisOfOnePixelHasNothingElseToShow() {
    Preprocessing preprocessing = Preprocessing.imageNet(1, 1);
    RgbImage image = noise(1, 1);
    assertThat(normalised(preprocessing, image, new Placement(3, -2, true, Square.NONE)))
        .isEqualTo(normalised(preprocessing, image, Placement.PLAIN));
  }

  @Test
  void augmentationIsAFunctionOfSeedEpochAndIndexThatReachesEveryPlace() {
    Augmentation augmentation = new Augmentation(2, true, 3);
    List<Placement> places =
        IntStream.range(0, 2000).mapToObj(i -> augmentation.place(i % 3, i, 9, 8)).toList();
    assertThat(places.stream().distinct().count()).isEqualTo(5 * 5 * 2);
    assertThat(new Augmentation(2, true, 3).place(1, 7, 9, 8))
        .isEqualTo(augmentation.place(1, 7, 9, 8));
    assertThat(Augmentation.NONE.place(1, 7, 9, 8)).isEqualTo(Placement.PLAIN);
  }

  @Test
  void cutoutReachesEveryPlaceInsideTheImageAndMovesNothingElse() {
    Augmentation plain = new Augmentation(2, true, 3);
    Augmentation erasing = new Augmentation(2, true, 3).withCutout(4);
    List<Placement> places =
        IntStream.range(0, 2000).mapToObj(i -> erasing.place(i % 3, i, 9, 7)).toList();
    assertThat(places.stream().map(Placement::hole).distinct())
        .hasSize(6 * 4)
        .allMatch(hole -> hole.side() == 4 && hole.top() + 4 <= 9 && hole.left() + 4 <= 7);
    for (int i = 0; i < places.size(); i++) {
      Placement place = places.get(i);
      assertThat(erasing.place(i % 3, i, 9, 7)).isEqualTo(place);
      assertThat(new Placement(place.down(), place.right(), place.flipped(), Square.NONE))
          .isEqualTo(plain.place(i % 3, i, 9, 7));
    }
    assertThat(places.get(0).hole()).isNotEqualTo(erasing.place(1, 0, 9, 7).hole());
  }

  @ParameterizedTest
  @CsvSource({"NCHW", "NHWC"})
  void justTheSquareIsErased(AxisOrder layout) {
    Preprocessing preprocessing =
        Preprocessing.imageNet(6, 5)
            .withStatistics(List.of(-1.0, -1.0, -1.0), List.of(1.0, 1.0, 1.0))
            .withLayout(layout);
    Square hole = new Square(3, 1, 2);
    float[] values = normalised(preprocessing, noise(6, 5), new Placement(0, 0, true, hole));
    for (int i = 0; i < values.length; i++) {
      int pixel = layout == AxisOrder.NCHW ? i % 30 : i / 3;
      int y = pixel / 5;
      int x = pixel % 5;
      boolean erased = y >= 3 && y < 5 && x >= 1 && x < 3;
      assertThat(values[i] == 0).as("%d, %d", y, x).isEqualTo(erased);
    }
  }

  @Test
  void itIsSavedAndReadAsJson() {
    JsonMapper json = JsonMapper.shared();
    Preprocessing saved = PLAIN.withResize(Resize.shorterSide(256)).withLayout(AxisOrder.NHWC);
    String text = json.writeValueAsString(saved);
    assertThat(json.readValue(text, Preprocessing.class)).isEqualTo(saved);
  }

  @Test
  void numbersThatDoNotFitAreRefused() {
    assertThatThrownBy(() -> PLAIN.withStatistics(List.of(0.0), List.of(1.0, 1.0, 1.0)))
        .isInstanceOf(InvalidInputException.class);
    assertThatThrownBy(() -> PLAIN.withStatistics(List.of(0.0), List.of(0.0)))
        .isInstanceOf(InvalidInputException.class);
    assertThatThrownBy(() -> Resize.shorterSide(0)).isInstanceOf(InvalidInputException.class);
  }
}
