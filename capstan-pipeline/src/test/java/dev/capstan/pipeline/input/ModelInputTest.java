package dev.capstan.pipeline.input;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.capstan.data.Dataset;
import dev.capstan.data.ImageStore;
import dev.capstan.error.InvalidInputException;
import dev.capstan.job.ImageOptions;
import dev.capstan.job.PreprocessingOptions;
import dev.capstan.outputs.OutputKind;
import dev.capstan.pipeline.Heard;
import dev.capstan.pipeline.TinyInputs;
import dev.capstan.recipe.WorkListener;
import dev.capstan.testing.Fixtures;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A model, and which images it is shown. */
final class ModelInputTest {
  private static final int IMAGES = 10;

  @TempDir static Path folder;
  private static Path model;
  private static Path labelled;
  private static Path unlabelled;

  @BeforeAll
  static void write() throws IOException {
    model = TinyInputs.written(TinyInputs.graph(), folder);
    labelled = TinyInputs.images(folder.resolve("labelled"), 5, IMAGES);
    unlabelled = TinyInputs.unlabelled(folder.resolve("unlabelled"), 5, IMAGES);
  }

  private static ModelInput open(OutputKind outputs) {
    return ModelInput.open(
        model, new ImageOptions(PreprocessingOptions.DEFAULT, null, outputs), WorkListener.NONE);
  }

  private static ModelInput usual() {
    return ModelInput.open(model, ImageOptions.DEFAULT, WorkListener.NONE);
  }

  @Test
  void labelsAreKeptWhereOutputsAreClasses() {
    assertThat(usual().classifies()).isTrue();
    assertThat(usual().learning(labelled).dataset().isLabelled()).isTrue();
    assertThat(usual().learning(unlabelled).dataset().isLabelled()).isFalse();
  }

  @Test
  void labelsAreDroppedWhereOutputsAreNone() {
    ModelInput values = open(OutputKind.VALUES);
    Dataset images = values.learning(labelled).dataset();

    assertThat(values.classifies()).isFalse();
    assertThat(images.isLabelled()).isFalse();
    assertThat(images.label(0)).isEqualTo(Dataset.UNLABELLED);
    assertThat(images.size()).isEqualTo(IMAGES);
  }

  @Test
  void imagesToJudgeByMayBeMissingButNotTheirLabels() {
    ImageStore judged = usual().validation(labelled, true);

    assertThat(usual().validation(null, true)).isNull();
    assertThat(judged.dataset().isLabelled()).isTrue();
    assertThat(usual().validation(unlabelled, false).dataset().size()).isEqualTo(IMAGES);
    assertThatThrownBy(() -> usual().validation(unlabelled, true))
        .isInstanceOf(InvalidInputException.class)
        .hasMessageContaining("expected labelled images")
        .hasMessageContaining(unlabelled.toString());
  }

  @Test
  void classesComeInTheOrderOfTheirFile() throws IOException {
    List<String> names = usual().learning(labelled).dataset().classes();
    List<String> reversed = names.stream().sorted((a, b) -> b.compareTo(a)).toList();
    Path file = Files.write(folder.resolve("classes.txt"), reversed);
    ImageOptions options = new ImageOptions(PreprocessingOptions.DEFAULT, file, null);

    ModelInput input = ModelInput.open(model, options, WorkListener.NONE);

    assertThat(names).isSorted();
    assertThat(input.learning(labelled).dataset().classes()).isEqualTo(reversed);
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

    ModelInput input = ModelInput.open(Fixtures.file("unet-dynamic-script-17"), cropped, heard);

    assertThat(heard.notes()).singleElement().asString().contains("16 x 16 pixels");
    assertThat(input.source().folded().inputs().get(0).type().shape().sizes())
        .containsExactly(-1, 3, 16, 16);
    assertThat(input.source().graph().inputs().get(0).type().shape().sizes())
        .containsExactly(-1, 3, -1, -1);
  }

  @Test
  void aPartThatIsCarriedOverIsTold() {
    Heard heard = new Heard();

    ModelInput.open(Fixtures.file("detector-script-11"), ImageOptions.DEFAULT, heard);

    assertThat(heard.notes()).singleElement().asString().contains("is carried over unchanged");
  }
}
