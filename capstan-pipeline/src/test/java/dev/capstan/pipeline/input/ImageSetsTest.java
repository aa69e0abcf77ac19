package dev.capstan.pipeline.input;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.capstan.data.Dataset;
import dev.capstan.error.InvalidInputException;
import dev.capstan.job.ImageOptions;
import dev.capstan.job.PreprocessingOptions;
import dev.capstan.outputs.OutputKind;
import dev.capstan.pipeline.Heard;
import dev.capstan.pipeline.TinyInputs;
import dev.capstan.recipe.WorkListener;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Which images a network of ten classes is shown, and with which labels. */
final class ImageSetsTest {
  private static final int IMAGES = 10;

  @TempDir static Path folder;
  private static Path model;
  private static Path labelled;
  private static Path unlabelled;

  /** Two folders that are none of the network's classes, or only some. */
  private static Path days;

  @BeforeAll
  static void write() throws IOException {
    model = TinyInputs.written(TinyInputs.graph(), folder);
    labelled = TinyInputs.images(folder.resolve("labelled"), 5, IMAGES);
    unlabelled = TinyInputs.unlabelled(folder.resolve("unlabelled"), 5, IMAGES);
    days = Files.createDirectory(folder.resolve("days"));
    TinyInputs.images(days.resolve("monday"), 5, IMAGES);
    TinyInputs.images(days.resolve("tuesday"), 6, IMAGES);
    Files.copy(unlabelled.resolve("000000.png"), days.resolve("of no day.png"));
  }

  private static ImageSets sets(
      @Nullable OutputKind outputs, @Nullable Path classes, WorkListener listener) {
    ImageOptions options = new ImageOptions(PreprocessingOptions.DEFAULT, classes, outputs);
    return new ImageSets(TinyInputs.opened(model, options, listener), listener);
  }

  private static ImageSets usual() {
    return sets(null, null, WorkListener.NONE);
  }

  private static Dataset learned(Path path) {
    return usual().learning(path, false).dataset();
  }

  @Test
  void labelsAreKeptWhereOutputsAreClasses() {
    assertThat(learned(labelled).isLabelled()).isTrue();
    assertThat(learned(unlabelled).isLabelled()).isFalse();
  }

  @Test
  void labelsAreDroppedWhereOutputsAreNone() {
    ImageSets values = sets(OutputKind.VALUES, null, WorkListener.NONE);
    Dataset images = values.learning(labelled, false).dataset();

    assertThat(images.isLabelled()).isFalse();
    assertThat(images.label(0)).isEqualTo(Dataset.UNLABELLED);
    assertThat(images.size()).isEqualTo(IMAGES);
  }

  @Test
  void imagesToJudgeByMayNotLackLabelsThatAreNeeded() {
    assertThat(usual().judging(labelled, true).dataset().isLabelled()).isTrue();
    assertThat(usual().judging(unlabelled, false).dataset().size()).isEqualTo(IMAGES);
    assertThatThrownBy(() -> usual().judging(unlabelled, true))
        .isInstanceOf(InvalidInputException.class)
        .hasMessageContaining("expected labelled images")
        .hasMessageContaining(unlabelled.toString());
  }

  @Test
  void anyFoldersWillDoWhereLabelsAreNotNeeded() {
    Heard heard = new Heard();
    Dataset images = sets(null, null, heard).learning(days, false).dataset();

    assertThat(images.isLabelled()).isFalse();
    assertThat(images.size()).isEqualTo(2 * IMAGES + 1);
    assertThat(heard.notes())
        .singleElement()
        .asString()
        .contains("2 classes (monday, tuesday), the network has 10", "setting 'classes'")
        .contains("without labels");
  }

  @Test
  void whereLabelsAreNeededTheWayToNameThemIsTold() {
    for (Runnable use :
        List.<Runnable>of(() -> usual().learning(days, true), () -> usual().judging(days, true))) {
      assertThatThrownBy(use::run)
          .isInstanceOf(InvalidInputException.class)
          .hasMessageContaining("2 classes (monday, tuesday), the network has 10")
          .hasMessageEndingWith(
              "add setting 'classes' classes.txt; of an embedding say setting 'outputs' values");
    }
  }

  /** What that message asks for is enough. */
  @Test
  void someClassesOfANetworkAreJudgedByTheirNames() throws IOException {
    List<String> names =
        IntStream.range(0, 10)
            .mapToObj(i -> i == 3 ? "tuesday second" : i == 7 ? "monday first" : "other" + i)
            .toList();
    Path file = Files.write(folder.resolve("ten.txt"), names);

    Dataset images = sets(null, file, WorkListener.NONE).judging(days, true).dataset();

    assertThat(images.classes()).hasSize(10);
    assertThat(images.size()).isEqualTo(2 * IMAGES);
    assertThat(images.label(0)).isEqualTo(7);
    assertThat(images.label(2 * IMAGES - 1)).isEqualTo(3);
  }

  @Test
  void aListOfTooFewNamesIsNamed() throws IOException {
    Path file = Files.write(folder.resolve("two.txt"), List.of("monday", "tuesday"));

    assertThatThrownBy(() -> sets(null, file, WorkListener.NONE).judging(days, true))
        .isInstanceOf(InvalidInputException.class)
        .hasMessageContaining("two.txt: 2 class names, the network has 10 classes");
  }

  /** Labels of the images to judge by must not stand in the way of those to learn from. */
  @Test
  void aListOfOtherNamesIsNoHindranceWhereLabelsAreNotNeeded() throws IOException {
    Heard heard = new Heard();
    Path file = Files.write(folder.resolve("others.txt"), learned(labelled).classes());
    Dataset images = sets(null, file, heard).learning(days, false).dataset();

    assertThat(images.isLabelled()).isFalse();
    assertThat(heard.notes())
        .singleElement()
        .asString()
        .contains("not among the 10 class names given: monday, tuesday", "without labels");
  }

  @Test
  void classesComeInTheOrderOfTheirFile() throws IOException {
    List<String> names = learned(labelled).classes();
    List<String> reversed = names.stream().sorted((a, b) -> b.compareTo(a)).toList();
    Path file = Files.write(folder.resolve("classes.txt"), reversed);

    assertThat(names).isSorted();
    assertThat(sets(null, file, WorkListener.NONE).learning(labelled, false).dataset().classes())
        .isEqualTo(reversed);
  }
}
