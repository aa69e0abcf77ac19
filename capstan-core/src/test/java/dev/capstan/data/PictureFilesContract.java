package dev.capstan.data;

import static dev.capstan.data.WrittenFiles.encoded;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.capstan.image.RgbImage;
import java.awt.image.BufferedImage;
import java.awt.image.DataBuffer;
import java.awt.image.Raster;
import java.awt.image.WritableRaster;
import java.io.IOException;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What every decoder makes of files as cameras, scanners and programs write them. */
public abstract class PictureFilesContract {
  private static final int WIDTH = 37;
  private static final int HEIGHT = 22;

  /** The decoder under test. */
  protected abstract ImageDecoder decoder();

  /** A picture without any symmetry, whose neighbouring pixels are alike. */
  protected static BufferedImage picture(int type) {
    BufferedImage image = new BufferedImage(WIDTH, HEIGHT, type);
    for (int y = 0; y < HEIGHT; y++) {
      for (int x = 0; x < WIDTH; x++) {
        image.setRGB(x, y, 0xff000000 | 6 * x << 16 | 9 * y << 8 | (3 * x + 5 * y));
      }
    }
    return image;
  }

  /** The picture with x and y exchanged. */
  private static RgbImage transposed(RgbImage image) {
    byte[] pixels = new byte[image.pixels().length];
    for (int y = 0; y < image.height(); y++) {
      for (int x = 0; x < image.width(); x++) {
        System.arraycopy(
            image.pixels(), 3 * (y * image.width() + x), pixels, 3 * (x * image.height() + y), 3);
      }
    }
    return new RgbImage(image.height(), image.width(), pixels);
  }

  /** The picture in a mirror: its columns from right to left. */
  private static RgbImage mirrored(RgbImage image) {
    byte[] pixels = new byte[image.pixels().length];
    for (int i = 0; i < pixels.length / 3; i++) {
      int to = i / image.width() * image.width() + image.width() - 1 - i % image.width();
      System.arraycopy(image.pixels(), 3 * i, pixels, 3 * to, 3);
    }
    return new RgbImage(image.width(), image.height(), pixels);
  }

  /** The stored picture as it is to be seen, by mirrors and transpositions alone. */
  private static RgbImage seen(int orientation, RgbImage stored) {
    UnaryOperator<RgbImage> mirror = PictureFilesContract::mirrored;
    UnaryOperator<RgbImage> transpose = PictureFilesContract::transposed;
    UnaryOperator<RgbImage> flip = image -> transposed(mirrored(transposed(image)));
    return switch (orientation) {
      case 2 -> mirror.apply(stored);
      case 3 -> flip.apply(mirror.apply(stored));
      case 4 -> flip.apply(stored);
      case 5 -> transpose.apply(stored);
      case 6 -> mirror.apply(transpose.apply(stored));
      case 7 -> flip.apply(mirror.apply(transpose.apply(stored)));
      case 8 -> flip.apply(transpose.apply(stored));
      default -> stored;
    };
  }

  /** That a file with an orientation gives the pixels of the one without, as people see them. */
  protected void assertTurned(int orientation, byte[] plain, byte[] tagged) throws IOException {
    RgbImage expected = seen(orientation, decoder().decode(plain));
    RgbImage found = decoder().decode(tagged);
    assertThat(found.width()).isEqualTo(expected.width());
    assertThat(found.pixels()).isEqualTo(expected.pixels());
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 300})
  void picturesAreTurnedAsPeopleSeeThem(int orientation) throws IOException {
    byte[] jpeg = encoded(picture(BufferedImage.TYPE_INT_RGB), "jpg");
    byte[] png = encoded(picture(BufferedImage.TYPE_INT_RGB), "png");
    for (ByteOrder order : new ByteOrder[] {ByteOrder.LITTLE_ENDIAN, ByteOrder.BIG_ENDIAN}) {
      byte[] exif = OrientedFiles.exif(orientation, order);
      assertTurned(orientation, jpeg, OrientedFiles.jpeg(jpeg, exif));
      assertTurned(orientation, png, OrientedFiles.png(png, exif));
    }
    BufferedImage image = picture(BufferedImage.TYPE_INT_RGB);
    assertTurned(orientation, png, OrientedFiles.tiff(image, orientation));
  }

  @Test
  void anExifBlockThatMakesNoSenseTurnsNothing() throws IOException {
    byte[] png = encoded(picture(BufferedImage.TYPE_INT_RGB), "png");
    byte[] exif = OrientedFiles.exif(6, ByteOrder.BIG_ENDIAN);
    for (int length = 0; length < 30; length++) {
      assertTurned(1, png, OrientedFiles.png(png, Arrays.copyOf(exif, length)));
    }
    for (int at = 4; at < 10; at++) {
      byte[] damaged = exif.clone();
      damaged[at] = (byte) 0xf7;
      assertThat(decoder().decode(OrientedFiles.png(png, damaged)).pixels()).isNotEmpty();
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"png", "bmp", "tiff"})
  void losslessFormatsAreExact(String format) throws IOException {
    RgbImage expected = decoder().decode(encoded(picture(BufferedImage.TYPE_3BYTE_BGR), "png"));
    RgbImage found = decoder().decode(encoded(picture(BufferedImage.TYPE_3BYTE_BGR), format));
    assertThat(found.channels()).isEqualTo(3);
    assertThat(found.pixels()).isEqualTo(expected.pixels());
  }

  @Test
  void aGifIsItsPalette() throws IOException {
    BufferedImage few = picture(BufferedImage.TYPE_BYTE_INDEXED);
    assertThat(decoder().decode(encoded(few, "gif")).pixels())
        .isEqualTo(decoder().decode(encoded(few, "png")).pixels());
  }

  /** Five or six bits a colour reach from 0 to 255 all the same. */
  @Test
  void fewBitsAreSpreadOverTheRange() throws IOException {
    BufferedImage image = new BufferedImage(3, 1, BufferedImage.TYPE_USHORT_555_RGB);
    image.setRGB(1, 0, 0xff848484);
    image.setRGB(2, 0, 0xffffffff);
    byte[] pixels = decoder().decode(encoded(image, "bmp")).pixels();
    assertThat(pixels[0]).isZero();
    assertThat(pixels[3] & 0xff).isBetween(0x80, 0x88);
    assertThat(pixels[6]).isEqualTo((byte) 255);
  }

  @Test
  void alphaComesWithTheColours() throws IOException {
    BufferedImage clear = new BufferedImage(2, 1, BufferedImage.TYPE_INT_ARGB);
    clear.setRGB(0, 0, 0x00102030);
    clear.setRGB(1, 0, 0x80405060);
    RgbImage found = decoder().decode(encoded(clear, "png"));
    assertThat(found.channels()).isEqualTo(4);
    assertThat(found.pixels()).containsExactly(16, 32, 48, 0, 64, 80, 96, (byte) 128);
  }

  private static byte[] inks(int[] samples, int transform) throws IOException {
    WritableRaster raster = Raster.createInterleavedRaster(DataBuffer.TYPE_BYTE, 16, 16, 4, null);
    for (int i = 0; i < 256; i++) {
      raster.setPixel(i % 16, i / 16, samples);
    }
    return WrittenFiles.inks(raster, transform);
  }

  @Test
  void ofInksTheLightIsTaken() throws IOException {
    // 255 - ink: cyan 55, magenta 155, yellow 255, black 51.
    assertColour(decoder().decode(inks(new int[] {200, 100, 0, 204}, 0)), 160, 80, 0);
    // The same with the inks as luminance and chrominance: ITU-R 601 of 55, 155, 255.
    assertColour(decoder().decode(inks(new int[] {137, 195, 70, 204}, 2)), 160, 80, 0);
  }

  private static void assertColour(RgbImage image, int... colour) {
    assertThat(image.channels()).isEqualTo(3);
    for (int i = 0; i < image.pixels().length; i++) {
      assertThat(image.pixels()[i] & 0xff).isBetween(colour[i % 3] - 5, colour[i % 3] + 5);
    }
  }

  @Test
  void whatIsInNoKnownFormatIsToldWhichAreKnown() {
    assertThatThrownBy(() -> decoder().decode("\0\0\0 ftypheic".getBytes()))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("JPEG, PNG, BMP, GIF, TIFF, WebP");
  }
}
