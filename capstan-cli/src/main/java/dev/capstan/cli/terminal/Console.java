package dev.capstan.cli.terminal;

import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.util.Map;
import picocli.CommandLine.Help.Ansi;

/**
 * What surrounds a run of the tool.
 *
 * @param out takes results
 * @param err takes errors, log and progress
 * @param environment the environment's variables
 * @param outIsTerminal whether a person reads {@code out}
 * @param errIsTerminal whether a person reads {@code err}
 */
public record Console(
    PrintStream out,
    PrintStream err,
    Map<String, String> environment,
    boolean outIsTerminal,
    boolean errIsTerminal) {
  /** Of terminals that do not say how wide they are. */
  private static final int USUAL = 80;

  /** Of lines in files, which are read in windows too. */
  private static final int WIDE = 160;

  /** This process's own. Java cannot ask whether one stream is a terminal; the launcher can. */
  public static Console ofProcess() {
    return new Console(
        System.out, System.err, System.getenv(), isTerminal("stdout"), isTerminal("stderr"));
  }

  private static boolean isTerminal(String stream) {
    return Boolean.getBoolean("capstan.terminal." + stream);
  }

  /**
   * Whether something printed to {@code out} has reached nobody who wanted it. A reader that left,
   * as {@code head} does, has read what it wanted.
   */
  public boolean isOutLost() {
    return out.checkError() && !(out == System.out && hasReaderLeft());
  }

  /** Streams for printing do not say what failed: one more byte does. */
  @SuppressWarnings("resource") // the process's, which stays open
  private static boolean hasReaderLeft() {
    try {
      new FileOutputStream(FileDescriptor.out).write('\n');
      return false;
    } catch (IOException e) {
      return String.valueOf(e.getMessage()).contains("Broken pipe");
    }
  }

  /** Characters that a line of {@code out} has room for; those of a wide window in a file. */
  public int columns() {
    return outIsTerminal ? told(WIDE) : WIDE;
  }

  /** Prints lines to {@code err} for whoever reads them: a terminal has room for so much. */
  public void say(String text) {
    say("", text);
  }

  /** The same behind a word that is to be seen first. */
  public void say(String label, String text) {
    String plain = errIsTerminal ? Wrapped.within(errColumns(), label + text) : label + text;
    String word = label.strip();
    String seen = word.isEmpty() ? "" : errColours().string("@|bold,red " + word + "|@");
    err.println(seen + plain.substring(word.length()));
  }

  /** Characters that a line of {@code err} has room for where it is a terminal. */
  int errColumns() {
    return told(USUAL);
  }

  /** Empties the terminal's line that is drawn again and again. */
  void clearLine() {
    err.print("\r" + " ".repeat(errColumns() - 1) + "\r");
    err.flush();
  }

  private int told(int otherwise) {
    String told = environment.getOrDefault("COLUMNS", "");
    return told.matches("[1-9]\\d{1,4}") ? Integer.parseInt(told) : otherwise;
  }

  /** Colours for {@code out}. */
  public Ansi outColours() {
    return colours(outIsTerminal);
  }

  /** Colours for {@code err}. */
  public Ansi errColours() {
    return colours(errIsTerminal);
  }

  private Ansi colours(boolean terminal) {
    boolean refused = !environment.getOrDefault("NO_COLOR", "").isEmpty();
    return terminal && !refused ? Ansi.ON : Ansi.OFF;
  }
}
