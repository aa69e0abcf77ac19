package dev.capstan.recipe;

import java.util.List;

/** Follows long work, and may stop it by throwing. */
public interface WorkListener {
  /** Follows nothing. */
  WorkListener NONE = new WorkListener() {};

  /**
   * Work begins.
   *
   * @param what it is, in a word or two
   * @param steps how many steps it takes
   */
  default void begin(String what, long steps) {}

  /**
   * Steps are done.
   *
   * @param done how many, of those announced
   * @param figures what they showed, empty for nothing
   */
  default void advance(long done, List<Figure> figures) {}

  /** The work that began last is done. */
  default void end() {}

  /** Something to tell the user, one line. */
  default void note(String line) {}

  /**
   * What a step of long work showed.
   *
   * @param name with its unit, if it has one: {@code loss}, {@code images/s}
   */
  public record Figure(String name, double value) {}
}
