package dev.capstan.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.capstan.error.InvalidInputException;
import dev.capstan.pipeline.result.OutputFile;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What is checked before long work begins. */
final class ChecksTest {
  @TempDir Path folder;

  @Test
  void aFileInAFolderThatIsThereCanBeWritten() {
    Path file = folder.resolve("out.onnx");

    assertThat(OutputFile.checked(file)).isEqualTo(file).doesNotExist();
    assertThatCode(() -> OutputFile.checked(Path.of("out.onnx"))).doesNotThrowAnyException();
  }

  @Test
  void theCheckLeavesNothingBehind() {
    OutputFile.checked(folder.resolve("out.onnx"));

    assertThat(folder).isEmptyDirectory();
  }

  @Test
  @EnabledOnOs(OS.LINUX)
  void aFolderThatTakesNoFilesCannot() {
    assertRefused(Path.of("/proc/out.onnx"), "allows no writing");
  }

  @Test
  void aFolderOrAFileInNoFolderCannot() {
    assertRefused(folder, "is a folder");
    assertRefused(folder.resolve("absent/out.onnx"), "there is no folder");
  }

  private static void assertRefused(Path file, String reason) {
    assertThatThrownBy(() -> OutputFile.checked(file))
        .isInstanceOf(InvalidInputException.class)
        .hasMessageStartingWith(file.toString())
        .hasMessageContaining(reason);
  }

  @ParameterizedTest
  @CsvSource({
    "Linux, amd64, true",
    "Linux, aarch64, false",
    "Mac OS X, aarch64, true",
    "Mac OS X, x86_64, true",
    "Windows 11, amd64, true",
    "Windows 11, aarch64, false",
    "FreeBSD, amd64, false",
  })
  void libtorchRunsOnSomePlatforms(String system, String processor, boolean runs) {
    Platform platform = new Platform(system, processor);

    if (runs) {
      assertThatCode(platform::requireLibtorch).doesNotThrowAnyException();
    } else {
      assertThatThrownBy(platform::requireLibtorch)
          .isInstanceOf(InvalidInputException.class)
          .hasMessageContaining(system)
          .hasMessageContaining(processor);
    }
  }
}
