package dev.capstan.pipeline.input;

import static org.assertj.core.api.Assertions.assertThat;

import dev.capstan.job.ImageOptions;
import dev.capstan.job.PreprocessingOptions;
import dev.capstan.outputs.OutputKind;
import dev.capstan.pipeline.Heard;
import dev.capstan.pipeline.TinyInputs;
import dev.capstan.recipe.WorkListener;
import dev.capstan.testing.Fixtures;
import java.io.IOException;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A model, and what is assumed of it. */
final class ModelInputTest {
  @TempDir static Path folder;
  private static Path model;

  @BeforeAll
  static void write() throws IOException {
    model = TinyInputs.written(TinyInputs.graph(), folder);
  }

  private static ModelInput open(OutputKind outputs) {
    return TinyInputs.opened(
        model, new ImageOptions(PreprocessingOptions.DEFAULT, null, outputs), WorkListener.NONE);
  }

  private static ModelInput usual() {
    return TinyInputs.opened(model, ImageOptions.DEFAULT, WorkListener.NONE);
  }

  @Test
  void aCounterpartHasOutputsOfTheSameKind() {
    assertThat(OutputKind.of(usual().counterpart(model))).isEqualTo(OutputKind.CLASSES);
    assertThat(OutputKind.of(open(OutputKind.VALUES).counterpart(model)))
        .isEqualTo(OutputKind.VALUES);
  }

  @Test
  void ofANetworkForAnySizeTheOneAssumedIsTold() {
    Heard heard = new Heard();
    ImageOptions cropped = new ImageOptions(PreprocessingOptions.DEFAULT.withCrop(16), null, null);

    ModelInput input = TinyInputs.opened(Fixtures.file("unet-dynamic-script-17"), cropped, heard);

    assertThat(heard.notes()).singleElement().asString().contains("16 x 16 pixels");
    assertThat(input.source().folded().inputs().get(0).type().shape().sizes())
        .containsExactly(-1, 3, 16, 16);
    assertThat(input.source().graph().inputs().get(0).type().shape().sizes())
        .containsExactly(-1, 3, -1, -1);
  }

  @Test
  void aPartThatIsCarriedOverIsTold() {
    Heard heard = new Heard();

    TinyInputs.opened(Fixtures.file("detector-script-11"), ImageOptions.DEFAULT, heard);

    assertThat(heard.notes()).singleElement().asString().contains("is carried over unchanged");
  }
}
