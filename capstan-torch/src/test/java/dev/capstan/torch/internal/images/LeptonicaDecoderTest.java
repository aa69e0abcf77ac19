package dev.capstan.torch.internal.images;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.capstan.data.ImageDecoder;
import dev.capstan.data.ImageDecoderContract;
import dev.capstan.data.ImageIoDecoder;
import java.awt.image.BufferedImage;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.Arrays;
import javax.imageio.ImageIO;
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
  void aScanThatEndsEarlyIsRefused() throws IOException {
    byte[] jpeg = jpeg(BufferedImage.TYPE_INT_RGB);
    byte[] damaged = Arrays.copyOf(jpeg, jpeg.length - 200);
    damaged[damaged.length - 2] = (byte) 0xff;
    damaged[damaged.length - 1] = (byte) 0xd9;
    assertThatThrownBy(() -> decoder.decode(damaged))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("damaged");
  }

  @Test
  void noNativeMemoryIsLeftBehind() throws IOException {
    ByteArrayOutputStream jpeg = new ByteArrayOutputStream();
    ImageIO.write(new BufferedImage(512, 512, BufferedImage.TYPE_INT_RGB), "jpg", jpeg);
    decodeMany(jpeg.toByteArray(), 300);
    long before = Pointer.physicalBytes();
    decodeMany(jpeg.toByteArray(), 1000);
    // The pixels of a thousand images are 1 GB; the Java heap may grow a little meanwhile.
    assertThat(Pointer.physicalBytes() - before).isLessThan(400 << 20);
  }

  private void decodeMany(byte[] jpeg, int times) throws IOException {
    for (int i = 0; i < times; i++) {
      assertThat(decoder.decode(jpeg).width()).isEqualTo(512);
    }
  }
}
