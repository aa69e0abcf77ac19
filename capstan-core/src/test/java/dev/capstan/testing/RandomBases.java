package dev.capstan.testing;

import dev.capstan.space.Bases;
import dev.capstan.space.Basis;
import dev.capstan.space.ChannelSpaces;
import dev.capstan.space.Freedom;
import dev.capstan.space.Matrix;
import dev.capstan.space.Space;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.function.ToIntFunction;
import java.util.stream.IntStream;

/** Random bases of every kind, each a function of its seed. */
public final class RandomBases {
  private final SplittableRandom random;

  private RandomBases(long seed) {
    this.random = new SplittableRandom(seed);
  }

  /** Every space as it is. */
  public static Bases identity(ChannelSpaces spaces) {
    return all(spaces, space -> true, space -> Basis.identity(space.width()));
  }

  /** Some channels of every space; a space may keep them all. */
  public static Bases selection(ChannelSpaces spaces, long seed) {
    return all(spaces, space -> true, new RandomBases(seed)::selection);
  }

  /** Bases of these ranks: orthonormal, or the first channels; none where the width is kept. */
  public static Bases ofRanks(ChannelSpaces spaces, ToIntFunction<Space> ranks, long seed) {
    RandomBases bases = new RandomBases(seed);
    return all(
        spaces,
        space -> ranks.applyAsInt(space) < space.width(),
        space -> {
          int rank = ranks.applyAsInt(space);
          return space.freedom() == Freedom.FREE
              ? new Basis.Tied(bases.orthonormal(space.width(), rank))
              : Basis.first(space, rank);
        });
  }

  /** Every space's channels in another order. */
  public static Bases permutation(ChannelSpaces spaces, long seed) {
    RandomBases bases = new RandomBases(seed);
    return all(
        spaces,
        space -> true,
        space -> new Basis.Tied(Matrix.selection(space.width(), bases.shuffledInGroups(space))));
  }

  /** Orthonormal bases of free spaces, r below n; selections of the others. */
  public static Bases orthonormal(ChannelSpaces spaces, long seed) {
    RandomBases bases = new RandomBases(seed);
    return all(
        spaces,
        space -> true,
        space ->
            space.freedom() == Freedom.FREE
                ? new Basis.Tied(bases.orthonormal(space.width(), bases.rank(space)))
                : bases.selection(space));
  }

  /** Pairs E and D, r below n, of free spaces; selections of the others. */
  public static Bases oblique(ChannelSpaces spaces, long seed) {
    RandomBases bases = new RandomBases(seed);
    return all(
        spaces,
        space -> true,
        space -> {
          int rank = bases.rank(space);
          return space.freedom() == Freedom.FREE
              ? new Basis.Oblique(
                  bases.orthonormal(space.width(), rank), bases.orthonormal(space.width(), rank))
              : bases.selection(space);
        });
  }

  /** Square orthonormal bases of the free spaces. */
  public static Bases rotation(ChannelSpaces spaces, long seed) {
    RandomBases bases = new RandomBases(seed);
    return all(
        spaces,
        space -> space.freedom() == Freedom.FREE,
        space -> new Basis.Tied(bases.orthonormal(space.width(), space.width())));
  }

  /** Pairs with {@code D^T E = I}, r = n, neither orthonormal, of the free spaces. */
  public static Bases invertible(ChannelSpaces spaces, long seed) {
    RandomBases bases = new RandomBases(seed);
    return all(spaces, space -> space.freedom() == Freedom.FREE, bases::invertible);
  }

  private static Bases all(
      ChannelSpaces spaces, Predicate<Space> which, Function<Space, Basis> basis) {
    Map<String, Basis> bySpace = new LinkedHashMap<>();
    spaces.compressible().stream()
        .filter(which)
        .forEach(space -> bySpace.put(space.name(), basis.apply(space)));
    return new Bases(bySpace);
  }

  private int rank(Space space) {
    return random.nextInt(1, Math.max(2, space.width()));
  }

  /** As many channels in each group. */
  private Basis selection(Space space) {
    int width = space.width() / space.groups().count();
    int kept = random.nextInt(1, width + 1);
    int[] channels =
        IntStream.range(0, space.groups().count())
            .flatMap(
                g -> IntStream.of(shuffled(width)).limit(kept).sorted().map(c -> g * width + c))
            .toArray();
    return Basis.selection(space.width(), channels);
  }

  private int[] shuffledInGroups(Space space) {
    int width = space.width() / space.groups().count();
    return IntStream.range(0, space.groups().count())
        .flatMap(g -> IntStream.of(shuffled(width)).map(c -> g * width + c))
        .toArray();
  }

  private int[] shuffled(int size) {
    int[] order = IntStream.range(0, size).toArray();
    for (int i = size - 1; i > 0; i--) {
      int other = random.nextInt(i + 1);
      int swapped = order[i];
      order[i] = order[other];
      order[other] = swapped;
    }
    return order;
  }

  /** E = Q diag(s), D = Q diag(1 / s): with Q orthonormal, {@code D^T E = I}. */
  private Basis invertible(Space space) {
    int n = space.width();
    Matrix rotation = orthonormal(n, n);
    float[] encode = new float[n * n];
    float[] decode = new float[n * n];
    for (int column = 0; column < n; column++) {
      double scale = random.nextDouble(0.5, 2);
      for (int row = 0; row < n; row++) {
        encode[row * n + column] = (float) (rotation.at(row, column) * scale);
        decode[row * n + column] = (float) (rotation.at(row, column) / scale);
      }
    }
    return new Basis.Oblique(new Matrix(n, n, encode), new Matrix(n, n, decode));
  }

  /** Random columns, made orthonormal one after the other (Gram and Schmidt). */
  private Matrix orthonormal(int rows, int columns) {
    double[][] done = new double[columns][];
    for (int c = 0; c < columns; c++) {
      double[] column = random.doubles(rows, -1, 1).toArray();
      // Twice is enough: what the first pass leaves is of the order of the rounding error.
      for (int pass = 0; pass < 2; pass++) {
        for (int before = 0; before < c; before++) {
          subtract(column, done[before], dot(column, done[before]));
        }
      }
      double norm = Math.sqrt(dot(column, column));
      done[c] = Arrays.stream(column).map(value -> value / norm).toArray();
    }
    return columns(rows, done);
  }

  private static Matrix columns(int rows, double[][] columns) {
    float[] values = new float[rows * columns.length];
    for (int i = 0; i < values.length; i++) {
      values[i] = (float) columns[i % columns.length][i / columns.length];
    }
    return new Matrix(rows, columns.length, values);
  }

  private static void subtract(double[] from, double[] column, double factor) {
    for (int i = 0; i < from.length; i++) {
      from[i] -= factor * column[i];
    }
  }

  private static double dot(double[] a, double[] b) {
    return IntStream.range(0, a.length).mapToDouble(i -> a[i] * b[i]).sum();
  }
}
