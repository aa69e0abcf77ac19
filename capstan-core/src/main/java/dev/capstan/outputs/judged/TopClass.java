package dev.capstan.outputs.judged;

/** The class that a network gives an image. */
public final class TopClass {
  private TopClass() {}

  /**
   * Where the largest of some scores stands, the first of equal ones, counted from {@code from}.
   */
  public static int of(float[] scores, int from, int count) {
    int top = 0;
    for (int k = 1; k < count; k++) {
      top = scores[from + k] > scores[from + top] ? k : top;
    }
    return top;
  }
}
