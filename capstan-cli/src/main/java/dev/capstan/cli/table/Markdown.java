package dev.capstan.cli.table;

import java.util.regex.Pattern;

/** Words in a document of Markdown. */
public final class Markdown {
  /** What would end a cell, or begin markup. A line between words begins none. */
  private static final Pattern MARKUP = Pattern.compile("[\\\\|`*<\\[]");

  private Markdown() {}

  /** A text in which names of files may stand, as it is to be read. */
  public static String text(String words) {
    return MARKUP.matcher(words).replaceAll("\\\\$0");
  }
}
