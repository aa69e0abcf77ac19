package dev.capstan.data.shapes;

import static org.assertj.core.api.Assertions.assertThat;

import dev.capstan.data.ImageDecoder;
import dev.capstan.data.ImageIoDecoder;
import java.util.zip.CRC32;
import org.junit.jupiter.api.Test;

class ShapeImagesTest {
  private static final ImageDecoder DECODER = new ImageIoDecoder();

  @Test
  void theBytesAreTheSameEverywhere() {
    CRC32 sum = new CRC32();
    ShapeImages set = new ShapeImages(42, 200);
    for (int i = 0; i < set.size(); i++) {
      sum.update(set.image(i, DECODER).pixels());
    }
    // The network that ships with the demo was trained on these: a change wants a new one.
    assertThat(sum.getValue()).isEqualTo(1772498450L);
  }

  @Test
  void anImageDependsOnSeedAndIndexAlone() {
    byte[] image = new ShapeImages(1, 100).image(37, DECODER).pixels();
    assertThat(new ShapeImages(1, 50).image(37, DECODER).pixels()).isEqualTo(image);
    assertThat(new ShapeImages(2, 100).image(37, DECODER).pixels()).isNotEqualTo(image);
    assertThat(new ShapeImages(1, 100).image(47, DECODER).pixels()).isNotEqualTo(image);
  }

  @Test
  void noClassIsToldByItsMeanColour() {
    ShapeImages set = new ShapeImages(1, 3000);
    double[][] means = new double[10][3];
    for (int i = 0; i < set.size(); i++) {
      byte[] pixels = set.image(i, DECODER).pixels();
      for (int k = 0; k < pixels.length; k++) {
        means[set.label(i)][k % 3] += (pixels[k] & 0xff) / 1024.0 / 300;
      }
    }
    for (double[] mean : means) {
      for (double channel : mean) {
        assertThat(channel).isBetween(115.0, 140.0);
      }
    }
  }
}
