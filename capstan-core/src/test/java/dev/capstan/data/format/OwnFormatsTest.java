package dev.capstan.data.format;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.capstan.data.Dataset;
import dev.capstan.data.ImageIoDecoder;
import dev.capstan.data.Split;
import dev.capstan.error.InvalidInputException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * A format that users bring is read like the project's own, and its faults are told like theirs.
 */
final class OwnFormatsTest {
  @TempDir Path folder;

  private Path file(String content) throws IOException {
    return Files.writeString(folder.resolve("set.own"), content);
  }

  @Test
  void setsOfItAreSetsLikeOthers() throws IOException {
    Dataset set = Datasets.open(file("1\n0\n-1\n"), Split.TRAIN);

    assertThat(set.size()).isEqualTo(3);
    assertThat(set.classes()).containsExactly("a", "b");
    assertThat(set.label(0)).isEqualTo(1);
    assertThat(set.label(2)).isEqualTo(Dataset.UNLABELLED);
    assertThat(set.image(2, new ImageIoDecoder()).pixels()).containsExactly(2, 0, 0);
    assertThat(set.withoutLabels().isLabelled()).isFalse();
  }

  @Test
  void aLabelOfNoClassIsToldBeforeAnythingRuns() throws IOException {
    Path file = file("1\n2\n");

    assertThatThrownBy(() -> Datasets.open(file, Split.TRAIN))
        .isInstanceOf(InvalidInputException.class)
        .hasMessage(
            file
                + ": cannot be read as labels alone: line 2 has the label 2, expected one of 2 classes, from 0");
  }

  @Test
  void whatItCannotReadIsOneLine() throws IOException {
    Path file = file("damaged");

    assertThatThrownBy(() -> Datasets.open(file, Split.TRAIN))
        .isInstanceOf(InvalidInputException.class)
        .hasMessage(file + ": cannot be read as labels alone: line 1 is damaged");
  }

  @Test
  void noneInItIsNoSet() throws IOException {
    Path file = file("");

    assertThatThrownBy(() -> Datasets.open(file, Split.TRAIN))
        .isInstanceOf(InvalidInputException.class)
        .hasMessageStartingWith(file + ": no images");
  }
}
