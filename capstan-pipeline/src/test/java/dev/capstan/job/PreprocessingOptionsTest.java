package dev.capstan.job;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.capstan.error.InvalidInputException;
import dev.capstan.job.PreprocessingOptions.Extent;
import dev.capstan.job.PreprocessingOptions.ResizeMode;
import org.junit.jupiter.api.Test;

/** What the user says of the preprocessing. */
final class PreprocessingOptionsTest {
  private static PreprocessingOptions sized(ResizeMode resize, int size) {
    PreprocessingOptions usual = PreprocessingOptions.DEFAULT;
    return new PreprocessingOptions(
        usual.mean(),
        usual.std(),
        usual.channels(),
        usual.range(),
        resize,
        size,
        Extent.NONE,
        usual.layout());
  }

  @Test
  void aSizeWithoutAResizeIsRefused() {
    assertThatThrownBy(() -> sized(ResizeMode.NONE, 40))
        .isInstanceOf(InvalidInputException.class)
        .hasMessageContaining("size 40");
    assertThat(sized(ResizeMode.NONE, 0).size()).isZero();
    assertThat(sized(ResizeMode.EXACT, 40).size()).isEqualTo(40);
  }

  @Test
  void anotherCropLeavesTheRest() {
    PreprocessingOptions cropped = sized(ResizeMode.EXACT, 40).withCrop(32);

    assertThat(cropped.crop()).isEqualTo(Extent.square(32));
    assertThat(cropped.withCrop(0)).isEqualTo(sized(ResizeMode.EXACT, 40));
  }
}
