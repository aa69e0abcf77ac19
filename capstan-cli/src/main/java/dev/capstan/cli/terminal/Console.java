package dev.capstan.cli.terminal;

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

  /** This process's own. Java cannot ask whether one stream is a terminal; the launcher can. */
  public static Console ofProcess() {
    return new Console(
        System.out, System.err, System.getenv(), isTerminal("stdout"), isTerminal("stderr"));
  }

  private static boolean isTerminal(String stream) {
    return Boolean.getBoolean("capstan.terminal." + stream);
  }

  /** Characters that a line of {@code out} has room for: any number where no person reads it. */
  public int columns() {
    String told = environment.getOrDefault("COLUMNS", "");
    return outIsTerminal && told.matches("[1-9]\\d{1,4}")
        ? Integer.parseInt(told)
        : Integer.MAX_VALUE;
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
