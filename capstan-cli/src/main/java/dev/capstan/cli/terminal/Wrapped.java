package dev.capstan.cli.terminal;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;

/**
 * Text for a terminal, lines broken between words; a word that is longer than a line stays whole.
 */
public final class Wrapped {
  private static final String INDENT = "  ";

  private Wrapped() {}

  /**
   * The same in lines of at most {@code width} characters; what is broken off stands a little
   * further in.
   */
  public static String within(int width, String text) {
    return text.lines()
        .map(line -> line.length() <= width ? line : String.join("\n", broken(line, width)))
        .collect(Collectors.joining("\n"));
  }

  private static List<String> broken(String line, int width) {
    String indent = " ".repeat(line.length() - line.stripLeading().length()) + INDENT;
    List<String> lines = new ArrayList<>();
    String rest = line;
    while (rest.length() > width) {
      int text = rest.length() - rest.stripLeading().length();
      int end = rest.lastIndexOf(' ', width);
      if (end <= text) {
        end = rest.indexOf(' ', width);
      }
      if (end < 0) {
        break;
      }
      lines.add(rest.substring(0, end).stripTrailing());
      rest = indent + rest.substring(end).strip();
    }
    if (!rest.isBlank()) {
      lines.add(rest);
    }
    return lines;
  }
}
