package dev.capstan.pipeline.input;

import static org.assertj.core.api.Assertions.assertThat;

import dev.capstan.data.Split;
import dev.capstan.data.format.Datasets;
import dev.capstan.pipeline.TinyInputs;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Sets of images are the same where their files hold the same. */
final class ImagesHashTest {
  @TempDir Path folder;
  private Path images;

  @BeforeEach
  void draw() {
    images = TinyInputs.images(folder.resolve("images"), 5, 12);
  }

  private String hash() {
    return ImagesHash.of(Datasets.open(images, Split.TRAIN));
  }

  private List<Path> files() throws IOException {
    try (Stream<Path> files = Files.walk(images)) {
      return files.filter(Files::isRegularFile).sorted().toList();
    }
  }

  @Test
  void isTheFoldersWhereverItLies() throws IOException {
    String first = hash();
    images = Files.move(images, folder.resolve("moved"));

    assertThat(hash()).isEqualTo(first);
  }

  /** A byte within an image, its size as it was. */
  @Test
  void anotherByteIsAnotherSet() throws IOException {
    String first = hash();
    Path file = files().get(7);
    byte[] bytes = Files.readAllBytes(file);
    bytes[bytes.length - 5] ^= 1;
    Files.write(file, bytes);

    assertThat(hash()).isNotEqualTo(first);
  }

  @Test
  void anImageLessIsAnotherSet() throws IOException {
    String first = hash();
    Files.delete(files().get(3));

    assertThat(hash()).isNotEqualTo(first);
  }

  /** Of much, some is read; names and sizes are of all. */
  @Test
  void ofMuchSomeIsRead() throws IOException {
    var set = Datasets.open(images, Split.TRAIN);
    String some = ImagesHash.of(set, 1);
    byte[] bytes = Files.readAllBytes(Path.of(set.name(5)));
    bytes[bytes.length - 5] ^= 1;
    Files.write(Path.of(set.name(5)), bytes);

    assertThat(ImagesHash.of(set, 1)).isEqualTo(some);
    Files.write(Path.of(set.name(5)), new byte[3]);
    assertThat(ImagesHash.of(set, 1)).isNotEqualTo(some);
  }
}
