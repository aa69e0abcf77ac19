package dev.capstan.text;

import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Text in which words of files may stand, made fit to be shown. A file may hold anything as the
 * name of a layer: sequences that steer a terminal, line ends, megabytes.
 */
public final class Shown {
  /** What is shown of one word of a file, in characters. */
  static final int WORD = 200;

  /** What is shown of a line, in characters. */
  static final int LINE = 1000;

  /** What comes last in a message is what to do. */
  private static final int END = 300;

  /** From a quote that begins a word to one that ends it; one within a word is an apostrophe. */
  private static final Pattern QUOTED =
      Pattern.compile("(?<![\\p{L}\\p{N}])'([^']*)'(?![\\p{L}\\p{N}])");

  private Shown() {}

  /**
   * One line: characters that are not printed as their escapes, what is quoted and all of it cut.
   */
  public static String line(String text) {
    String cut =
        QUOTED.matcher(text).replaceAll(word -> Matcher.quoteReplacement(cut(word.group(1))));
    if (cut.length() > LINE) {
      cut = cut.substring(0, LINE - END) + " ... " + cut.substring(cut.length() - END);
    }
    return escaped(cut, false);
  }

  private static String cut(String word) {
    return "'" + (word.length() > WORD ? word.substring(0, WORD) + "..." : word) + "'";
  }

  /** Lines of which each is shown whole: characters that are not printed as their escapes. */
  public static String lines(String text) {
    return escaped(text, true);
  }

  private static String escaped(String text, boolean lines) {
    StringBuilder shown = new StringBuilder(text.length());
    text.codePoints()
        .forEach(
            c -> {
              if (c == '\n' && lines || isPrinted(c)) {
                shown.appendCodePoint(c);
              } else {
                shown.append(escape(c));
              }
            });
    return shown.toString();
  }

  /** Not so are controls, line ends of Unicode, and what turns the direction of writing. */
  private static boolean isPrinted(int c) {
    return switch (Character.getType(c)) {
      case Character.CONTROL,
          Character.FORMAT,
          Character.LINE_SEPARATOR,
          Character.PARAGRAPH_SEPARATOR,
          Character.SURROGATE ->
          false;
      default -> true;
    };
  }

  private static String escape(int c) {
    return switch (c) {
      case '\n' -> "\\n";
      case '\r' -> "\\r";
      case '\t' -> "\\t";
      default -> c < 0x10000 ? "\\u%04x".formatted(c) : "\\U%08x".formatted(c);
    };
  }
}
