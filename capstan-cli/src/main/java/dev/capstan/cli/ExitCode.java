package dev.capstan.cli;

/** What the tool's exit codes mean. */
final class ExitCode {
  /** Done. */
  static final int DONE = 0;

  /** It failed, and said why. */
  static final int FAILED = 1;

  /** The arguments are wrong. */
  static final int USAGE = 2;

  /** The result is written, but falls short of what was asked for. */
  static final int MISSED = 3;

  /** What a signal's number is added to. */
  static final int SIGNALLED = 128;

  private ExitCode() {}

  /** Ended by a signal: 130 by Ctrl-C, 143 by SIGTERM. */
  static int signalled(int number) {
    return SIGNALLED + number;
  }
}
