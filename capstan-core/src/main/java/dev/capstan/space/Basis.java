package dev.capstan.space;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/**
 * A pair of n x r matrices (docs/method.md, section 2): channels x are replaced by {@code E^T x},
 * and what reads them reads {@code D E^T x}.
 */
public interface Basis {
  /** E, n x r. */
  Matrix encode();

  /** D, n x r. */
  Matrix decode();

  /** Number of channels n. */
  default int width() {
    return encode().rows();
  }

  /** Number of channels that take their place, r. */
  default int rank() {
    return encode().columns();
  }

  /**
   * E = D = columns of the identity: the channels kept.
   *
   * @param encode the columns
   * @param channels their indices, ascending
   */
  @SuppressWarnings("ArrayRecordComponent")
  record Selection(Matrix encode, int[] channels) implements Basis {
    @Override
    public Matrix decode() {
      return encode;
    }

    // An array is not compared by its elements, but the columns say the same.
    @Override
    public boolean equals(Object other) {
      return other instanceof Selection that && encode.equals(that.encode);
    }

    @Override
    public int hashCode() {
      return encode.hashCode();
    }
  }

  /**
   * E = D = P, {@code P^T P = I}.
   *
   * @param encode P
   */
  record Tied(Matrix encode) implements Basis {
    @Override
    public Matrix decode() {
      return encode;
    }
  }

  /**
   * E and D differ.
   *
   * @param encode E
   * @param decode D
   */
  record Oblique(Matrix encode, Matrix decode) implements Basis {
    /** Checks the shapes. */
    public Oblique {
      if (encode.rows() != decode.rows() || encode.columns() != decode.columns()) {
        throw new IllegalArgumentException("E is " + encode + ", D is " + decode);
      }
    }
  }

  /** The basis that keeps these channels of {@code width}. */
  static Basis selection(int width, int... channels) {
    return new Selection(Matrix.selection(width, channels), channels.clone());
  }

  /** The basis that keeps the first channels of a space, as many of each of its groups. */
  static Basis first(Space space, int rank) {
    return ofLargest(new double[space.width()], rank, space.groups());
  }

  /** The basis that keeps every channel. */
  static Basis identity(int width) {
    return selection(width, IntStream.range(0, width).toArray());
  }

  /**
   * The basis that keeps the {@code rank} channels of largest score; of equal ones, the first.
   *
   * @param groups each of which keeps equally many
   */
  static Basis ofLargest(double[] scores, int rank, Groups groups) {
    // The sort is stable.
    List<Integer> falling =
        IntStream.range(0, scores.length)
            .boxed()
            .sorted(Comparator.comparingDouble(channel -> -scores[channel]))
            .collect(Collectors.toCollection(ArrayList::new));
    Turns turns = new Turns(scores.length, groups);
    int[] kept = new int[rank];
    for (int i = 0; i < rank; i++) {
      kept[i] = falling.stream().filter(turns::isNext).findFirst().orElseThrow();
      falling.remove((Integer) kept[i]);
      turns.choose(kept[i]);
    }
    Arrays.sort(kept);
    return selection(scores.length, kept);
  }
}
