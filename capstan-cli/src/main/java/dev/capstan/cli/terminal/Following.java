package dev.capstan.cli.terminal;

/** How work is followed on the standard error. */
public enum Following {
  /** A live line on a terminal, else a plain one now and then. */
  AUTO,
  /** A JSON object a line, for programs. */
  JSON,
  /** Nothing but warnings and errors. */
  NONE
}
