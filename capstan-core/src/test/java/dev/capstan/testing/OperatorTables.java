package dev.capstan.testing;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** Parts of docs/operators.md that tests write: {@code -Dcapstan.golden=write} writes them anew. */
public final class OperatorTables {
  private static final Path FILE = Path.of("../docs/operators.md");

  private OperatorTables() {}

  /** Fails where the text between the markers of a name is another one. */
  public static void assertSection(String name, String text) {
    String begin = "<!-- " + name + " -->\n";
    String end = "<!-- /" + name + " -->";
    try {
      String document = Files.readString(FILE).replace("\r\n", "\n");
      assertThat(document).contains(begin, end);
      int from = document.indexOf(begin) + begin.length();
      int to = document.indexOf(end);
      if ("write".equals(System.getProperty("capstan.golden"))) {
        Files.writeString(FILE, document.substring(0, from) + text + document.substring(to));
      } else {
        assertThat(document.substring(from, to)).isEqualTo(text);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
