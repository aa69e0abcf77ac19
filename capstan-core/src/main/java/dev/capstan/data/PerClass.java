package dev.capstan.data;

import java.util.stream.IntStream;

/** Parts of a labelled set with so many images of each class, as indices for an {@link Order}. */
public final class PerClass {
  private PerClass() {}

  /** The last {@code count} images of each class, held out when a recipe is chosen. */
  public static int[] last(Dataset set, int count) {
    return fromEnd(set, count, true);
  }

  /** All images but the last {@code count} of each class: what {@link #last} leaves. */
  public static int[] allButLast(Dataset set, int count) {
    return fromEnd(set, count, false);
  }

  private static int[] fromEnd(Dataset set, int count, boolean held) {
    int[] left = new int[set.classes().size()];
    IntStream.range(0, set.size()).forEach(i -> left[set.label(i)]++);
    return IntStream.range(0, set.size())
        .filter(i -> held == (left[set.label(i)]-- <= count))
        .toArray();
  }
}
