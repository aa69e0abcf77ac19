package dev.capstan.testing;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * Texts that change only on purpose: {@code ./mvnw test -pl capstan-core -Dcapstan.golden=write}
 * writes them anew, for a person to look at what changed.
 */
public final class Golden {
  private static final Path FOLDER = Path.of("src/test/resources");

  private Golden() {}

  /** Fails where a text is not what the file of a class's package holds. */
  public static void assertGolden(Class<?> test, String name, String text) {
    Path file = FOLDER.resolve(test.getPackageName().replace('.', '/')).resolve(name);
    try {
      if ("write".equals(System.getProperty("capstan.golden"))) {
        Files.createDirectories(file.getParent());
        Files.writeString(file, text);
      }
      // A checkout may have the platform's line ends.
      assertThat(text).isEqualTo(Files.readString(file).replace("\r\n", "\n"));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
