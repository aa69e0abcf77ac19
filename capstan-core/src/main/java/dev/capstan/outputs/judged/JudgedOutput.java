package dev.capstan.outputs.judged;

/**
 * An output that is compared with the original's.
 *
 * @param index among the graph's outputs
 * @param name of the value
 * @param reading what it becomes before it is compared
 * @param axis that of a softmax, 0 without one
 * @param part what it is part of
 */
public record JudgedOutput(int index, String name, Reading reading, int axis, Part part) {
  /** What an output is part of. */
  public enum Part {
    /** It stands for itself. */
    WHOLE,
    /** A detector's scores: shares of 1, once they are read. */
    SCORES,
    /** Numbers beside scores, as boxes are: they count where one of the original's scores does. */
    SCORED
  }

  /** The least score at which something is taken to be in a place. */
  public static final double LEAST_SCORE = 0.05;

  /** One that counts as it is. */
  static JudgedOutput plain(int index, String name) {
    return new JudgedOutput(index, name, Reading.PLAIN, 0, Part.WHOLE);
  }
}
