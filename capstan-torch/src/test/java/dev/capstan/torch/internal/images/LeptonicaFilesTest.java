package dev.capstan.torch.internal.images;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.capstan.data.ImageDecoder;
import dev.capstan.data.OrientedFiles;
import dev.capstan.data.PictureFilesContract;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.ByteOrder;
import java.util.Arrays;
import org.bytedeco.javacpp.BytePointer;
import org.bytedeco.javacpp.SizeTPointer;
import org.bytedeco.leptonica.PIX;
import org.bytedeco.leptonica.global.leptonica;
import org.junit.jupiter.api.Test;

class LeptonicaFilesTest extends PictureFilesContract {
  private final ImageDecoder decoder = new LeptonicaDecoder();

  @Override
  protected ImageDecoder decoder() {
    return decoder;
  }

  /** A lossless WebP file of a picture. */
  private static byte[] webp(BufferedImage image) {
    PIX pix = leptonica.pixCreate(image.getWidth(), image.getHeight(), 32);
    int[] words =
        image.getRGB(0, 0, image.getWidth(), image.getHeight(), null, 0, image.getWidth());
    pix.data()
        .put(Arrays.stream(words).map(argb -> argb << 8 | argb >>> 24).toArray(), 0, words.length);
    try (BytePointer data = new BytePointer();
        SizeTPointer size = new SizeTPointer(1)) {
      assertThat(leptonica.pixWriteMemWebP(data, size, pix, 100, 1)).isZero();
      byte[] bytes = new byte[(int) size.get()];
      data.get(bytes);
      leptonica.lept_free(data);
      return bytes;
    } finally {
      leptonica.pixDestroy(pix);
    }
  }

  @Test
  void webpIsReadAndTurned() throws IOException {
    BufferedImage image = picture(BufferedImage.TYPE_INT_RGB);
    byte[] plain = webp(image);
    int[] expected =
        image.getRGB(0, 0, image.getWidth(), image.getHeight(), null, 0, image.getWidth());
    byte[] found = decoder.decode(plain).pixels();
    for (int i = 0; i < expected.length; i++) {
      assertThat(
              (found[3 * i] & 0xff) << 16
                  | (found[3 * i + 1] & 0xff) << 8
                  | found[3 * i + 2] & 0xff)
          .isEqualTo(expected[i] & 0xffffff);
    }
    for (int orientation = 1; orientation <= 8; orientation++) {
      byte[] exif = OrientedFiles.exif(orientation, ByteOrder.BIG_ENDIAN);
      byte[] tagged = OrientedFiles.webp(plain, exif, image.getWidth(), image.getHeight());
      assertTurned(orientation, plain, tagged);
    }
  }

  @Test
  void aWebpFileThatIsCutShortIsRefused() {
    byte[] whole = webp(picture(BufferedImage.TYPE_INT_RGB));
    for (int length : new int[] {12, 20, 30, whole.length / 2, whole.length - 20}) {
      assertThatThrownBy(() -> decoder.decode(Arrays.copyOf(whole, length)))
          .isInstanceOf(IOException.class)
          .hasMessageContaining("WebP");
    }
  }
}
