package dev.capstan.testing;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** Parts of the README that tests write: {@code -Dcapstan.golden=write} writes them anew. */
public final class Readme {
  private static final Path FILE = Path.of("../README.md");

  private Readme() {}

  /** Fails where the text between the markers of a name is another one. */
  public static void assertSection(String name, String text) {
    String begin = "<!-- " + name + " -->\n";
    String end = "<!-- /" + name + " -->";
    try {
      String readme = Files.readString(FILE).replace("\r\n", "\n");
      assertThat(readme).contains(begin, end);
      int from = readme.indexOf(begin) + begin.length();
      int to = readme.indexOf(end);
      if ("write".equals(System.getProperty("capstan.golden"))) {
        Files.writeString(FILE, readme.substring(0, from) + text + readme.substring(to));
      } else {
        assertThat(readme.substring(from, to)).isEqualTo(text);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
