package dev.capstan.cli.option;

import java.util.regex.Pattern;

/**
 * How the command line spells settings: libraries name them {@code setting 'keep-macs'}, since each
 * front end has a way of its own to give them.
 */
public final class Spelling {
  private static final Pattern SETTING = Pattern.compile("setting '([a-z][a-z0-9-]*)'");

  private Spelling() {}

  /** A message with its settings as options: {@code --keep-macs}. */
  public static String ofOptions(String message) {
    return SETTING.matcher(message).replaceAll("--$1");
  }
}
