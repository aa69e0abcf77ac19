package dev.capstan.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.capstan.data.format.PngFolder;
import dev.capstan.data.shapes.ShapeImages;
import dev.capstan.image.RgbImage;
import java.awt.color.ColorSpace;
import java.awt.image.BufferedImage;
import java.awt.image.ColorModel;
import java.awt.image.DataBuffer;
import java.awt.image.WritableRaster;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.SplittableRandom;
import javax.imageio.ImageIO;
import javax.imageio.ImageTypeSpecifier;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What every decoder does; one test class a decoder runs it. */
public abstract class ImageDecoderContract {
  private static final RgbImage SHAPE = new ShapeImages(2, 10).image(4, new ImageIoDecoder());

  /** The decoder under test. */
  protected abstract ImageDecoder decoder();

  /** The bytes of a JPEG file of a shape, as other tests want one. */
  protected static byte[] jpeg(int type) throws IOException {
    BufferedImage colour = ImageIO.read(new ByteArrayInputStream(PngFolder.png(SHAPE)));
    BufferedImage image = new BufferedImage(32, 32, type);
    image.createGraphics().drawImage(colour, 0, 0, null);
    return encoded(image, "jpg");
  }

  private static byte[] encoded(BufferedImage image, String format) throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    assertThat(ImageIO.write(image, format, bytes)).isTrue();
    return bytes.toByteArray();
  }

  private byte[] pixels(byte[] encoded) throws IOException {
    return decoder().decode(encoded).pixels();
  }

  @Test
  void pngIsExact() throws IOException {
    RgbImage image = decoder().decode(PngFolder.png(SHAPE));
    assertThat(image.pixels()).isEqualTo(SHAPE.pixels());
    assertThat(image.width()).isEqualTo(32);
  }

  @Test
  void jpegIsNear() throws IOException {
    byte[] found = pixels(jpeg(BufferedImage.TYPE_INT_RGB));
    double sum = 0;
    for (int i = 0; i < found.length; i++) {
      sum += Math.abs((found[i] & 0xff) - (SHAPE.pixels()[i] & 0xff));
    }
    assertThat(sum / found.length).isBetween(0.1, 20.0);
  }

  @Test
  void grayIsSpreadUnchanged() throws IOException {
    for (int type : new int[] {BufferedImage.TYPE_BYTE_GRAY, BufferedImage.TYPE_USHORT_GRAY}) {
      BufferedImage image = new BufferedImage(16, 16, type);
      int step = type == BufferedImage.TYPE_BYTE_GRAY ? 1 : 257;
      for (int i = 0; i < 256; i++) {
        image.getRaster().setSample(i % 16, i / 16, 0, i * step);
      }
      byte[] found = pixels(encoded(image, "png"));
      for (int i = 0; i < found.length; i++) {
        assertThat(found[i] & 0xff).isEqualTo(i / 3);
      }
    }
    byte[] jpeg = pixels(jpeg(BufferedImage.TYPE_BYTE_GRAY));
    assertThat(jpeg).hasSize(3 * 32 * 32);
    for (int i = 0; i < jpeg.length; i += 3) {
      assertThat(jpeg[i]).isEqualTo(jpeg[i + 1]).isEqualTo(jpeg[i + 2]);
    }
  }

  @Test
  void paletteIsLookedUp() throws IOException {
    BufferedImage palette = new BufferedImage(2, 1, BufferedImage.TYPE_BYTE_INDEXED);
    palette.setRGB(0, 0, 0xffff0000);
    palette.setRGB(1, 0, 0xff0000ff);
    assertThat(pixels(encoded(palette, "png"))).containsExactly((byte) 255, 0, 0, 0, 0, (byte) 255);
  }

  @Test
  void blackAndWhiteIsBlackAndWhite() throws IOException {
    BufferedImage image = new BufferedImage(9, 1, BufferedImage.TYPE_BYTE_BINARY);
    image.setRGB(8, 0, 0xffffffff);
    byte[] expected = new byte[27];
    Arrays.fill(expected, 24, 27, (byte) 255);
    assertThat(pixels(encoded(image, "png"))).isEqualTo(expected);
  }

  @Test
  void sixteenBitsAreCutToEight() throws IOException {
    ColorModel model =
        ImageTypeSpecifier.createInterleaved(
                ColorSpace.getInstance(ColorSpace.CS_sRGB),
                new int[] {0, 1, 2},
                DataBuffer.TYPE_USHORT,
                false,
                false)
            .getColorModel();
    WritableRaster raster = model.createCompatibleWritableRaster(1, 1);
    raster.setPixel(0, 0, new int[] {0x1234, 0x56ff, 0xfe00});
    BufferedImage image = new BufferedImage(model, raster, false, null);
    assertThat(pixels(encoded(image, "png"))).containsExactly(0x12, 0x56, (byte) 0xfe);
  }

  @ParameterizedTest
  @ValueSource(doubles = {0.0, 0.05, 0.3, 0.6, 0.9, 0.99})
  void whatIsCutShortIsRefused(double share) throws IOException {
    byte[] jpeg = jpeg(BufferedImage.TYPE_INT_RGB);
    byte[] png = PngFolder.png(SHAPE);
    for (byte[] whole : new byte[][] {jpeg, png}) {
      byte[] cut = Arrays.copyOf(whole, (int) (share * whole.length));
      assertThatThrownBy(() -> decoder().decode(cut)).isInstanceOf(IOException.class);
    }
  }

  @Test
  void whatIsNoImageIsRefused() {
    byte[] text = "an HTML page, say".repeat(50).getBytes(StandardCharsets.UTF_8);
    assertThatThrownBy(() -> decoder().decode(text)).isInstanceOf(IOException.class);
  }

  @Test
  void anImplausibleExtentIsRefusedBeforeMemoryIsTaken() throws IOException {
    byte[] jpeg = jpeg(BufferedImage.TYPE_INT_RGB);
    for (int i = 0; i < jpeg.length - 9; i++) {
      if ((jpeg[i] & 0xff) == 0xff && (jpeg[i + 1] & 0xff) == 0xc0) {
        Arrays.fill(jpeg, i + 5, i + 9, (byte) 0xfe);
        break;
      }
    }
    assertThatThrownBy(() -> decoder().decode(jpeg)).isInstanceOf(IOException.class);
  }

  /** Each scan goes over all pixels: a small file of thousands would take minutes. */
  @Test
  void moreScansThanAnyoneWritesAreRefused() throws IOException {
    byte[] jpeg = jpeg(BufferedImage.TYPE_INT_RGB);
    String bytes = new String(jpeg, StandardCharsets.ISO_8859_1);
    String scan = bytes.substring(bytes.indexOf("\u00ff\u00da"), bytes.length() - 2);
    String many = bytes.substring(0, bytes.length() - 2) + scan.repeat(100) + "\u00ff\u00d9";

    assertThatThrownBy(() -> decoder().decode(many.getBytes(StandardCharsets.ISO_8859_1)))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("scans");
  }

  @Test
  void damageAnywhereIsAnIoExceptionOrAnImage() throws IOException {
    byte[] whole = jpeg(BufferedImage.TYPE_INT_RGB);
    SplittableRandom random = new SplittableRandom(1);
    for (int trial = 0; trial < 300; trial++) {
      byte[] damaged = (trial % 2 == 0 ? whole : PngFolder.png(SHAPE)).clone();
      damaged[random.nextInt(damaged.length)] = (byte) random.nextInt(256);
      try {
        assertThat(decoder().decode(damaged).pixels()).isNotEmpty();
      } catch (IOException expected) {
        assertThat(expected.getMessage()).isNotEmpty();
      }
    }
  }
}
