package dev.capstan.files;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.capstan.error.InvalidInputException;
import java.nio.file.Path;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Messages name the user's files, not copies of them that are gone when he reads it. */
@Tag("trust")
class FolderAliasTest {
  @ParameterizedTest
  @CsvSource({"/nets/net.onnx, /nets/", "nets/net.onnx, nets/", "net.onnx, ''"})
  void filesOfTheFolderAreCalledAsTheUserDoes(Path name, String folder) {
    Path copy = Path.of(".out.draft", "source1", "net.onnx");
    FolderAlias alias = FolderAlias.of(copy, name);

    for (Path file : new Path[] {copy, copy.toAbsolutePath()}) {
      assertThat(alias.named(file + ": refused, weights.bin beside " + file))
          .isEqualTo("%snet.onnx: refused, weights.bin beside %<snet.onnx".formatted(folder));
      assertThatThrownBy(() -> alias.in(() -> refuse(file))).hasMessage(folder + "net.onnx: no");
    }
  }

  private static Path refuse(Path file) {
    throw new InvalidInputException(file + ": no");
  }
}
