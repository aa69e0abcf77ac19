package dev.capstan.images;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.fail;

import dev.capstan.data.ImageDecoder;
import dev.capstan.data.ImageDecoderContract;
import dev.capstan.data.ImageIoDecoder;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.util.Arrays;
import org.bytedeco.javacpp.Pointer;
import org.junit.jupiter.api.Test;

class LeptonicaDecoderTest extends ImageDecoderContract {
  private final ImageDecoder decoder = new LeptonicaDecoder();

  @Override
  protected ImageDecoder decoder() {
    return decoder;
  }

  @Test
  void itDiffersFromImageIoByRoundingOnly() throws IOException {
    for (int type : new int[] {BufferedImage.TYPE_INT_RGB, BufferedImage.TYPE_BYTE_GRAY}) {
      byte[] jpeg = jpeg(type);
      byte[] expected = new ImageIoDecoder().decode(jpeg).pixels();
      byte[] found = decoder.decode(jpeg).pixels();
      double sum = 0;
      for (int i = 0; i < found.length; i++) {
        sum += Math.abs((found[i] & 0xff) - (expected[i] & 0xff));
      }
      assertThat(sum / found.length).isLessThan(1);
    }
  }

  @Test
  void noNativeMemoryIsLeftBehind() throws IOException {
    byte[] jpeg = jpeg(BufferedImage.TYPE_INT_RGB);
    byte[] damaged = Arrays.copyOf(jpeg, jpeg.length - 200);
    damaged[damaged.length - 2] = (byte) 0xff;
    damaged[damaged.length - 1] = (byte) 0xd9;
    decodeMany(jpeg, damaged);
    long before = Pointer.physicalBytes();
    decodeMany(jpeg, damaged);
    // The 10,000 images of a round take 40 MB: a leak of any part of them would show.
    assertThat(Pointer.physicalBytes() - before).isLessThan(16 << 20);
  }

  private void decodeMany(byte[] good, byte[] damaged) throws IOException {
    for (int i = 0; i < 10_000; i++) {
      decoder.decode(good);
    }
    for (int i = 0; i < 20; i++) {
      try {
        decoder.decode(damaged);
        fail("a damaged file was decoded");
      } catch (IOException expected) {
        assertThat(expected).hasMessageContaining("damaged");
      }
    }
  }
}
