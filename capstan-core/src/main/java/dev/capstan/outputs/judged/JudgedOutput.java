package dev.capstan.outputs.judged;

import org.jspecify.annotations.Nullable;

/**
 * An output that is compared with the original's, or a part of one.
 *
 * @param index among the graph's outputs
 * @param name of the value
 * @param reading what it becomes before it is compared
 * @param axis that of a softmax, 0 without one
 * @param part what it is part of
 * @param range of its elements that are meant, null for all
 */
public record JudgedOutput(
    int index, String name, Reading reading, int axis, Part part, @Nullable Range range) {
  /**
   * Elements of an output.
   *
   * @param axis along which they lie
   * @param from the first
   * @param to behind the last
   */
  public record Range(int axis, long from, long to) {}

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
    return new JudgedOutput(index, name, Reading.PLAIN, 0, Part.WHOLE, null);
  }

  /** What tells it from the others: its name, and the range if it is a part. */
  public String label() {
    return range == null ? name : "%s[%d:%d]".formatted(name, range.from(), range.to());
  }
}
