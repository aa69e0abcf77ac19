package dev.capstan.compress;

import dev.capstan.graph.Constant;
import dev.capstan.space.Basis;
import dev.capstan.space.Binding;
import dev.capstan.space.Matrix;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;

/**
 * The product of one axis of a constant with the bases of the channels along it: {@code out[..., a,
 * ...] = sum_c M[c, a] in[..., c, ...]}, M block diagonal over the segments, each block {@code M_s
 * (x) I_repeat}. Sums are taken in float64.
 */
final class Contraction {
  /**
   * A space's matrix at its place along the axis.
   *
   * @param taps rows that are not 0, by column: a selection has but one, and a matrix has thousands
   */
  @SuppressWarnings("ArrayRecordComponent")
  record Block(Matrix matrix, int repeat, int[][] taps) {
    Block(Matrix matrix, int repeat) {
      this(matrix, repeat, taps(matrix));
    }

    private static int[][] taps(Matrix matrix) {
      return IntStream.range(0, matrix.columns())
          .mapToObj(
              a -> IntStream.range(0, matrix.rows()).filter(c -> matrix.at(c, a) != 0).toArray())
          .toArray(int[][]::new);
    }

    int columns() {
      return matrix.columns() * repeat;
    }
  }

  private Contraction() {}

  static Matrix matrix(Basis basis, Binding.Role role) {
    return role == Binding.Role.ENCODE ? basis.encode() : basis.decode();
  }

  /** The constant with its axis {@code axis} replaced. */
  static Constant apply(Constant constant, int axis, List<Block> blocks) {
    return apply(constant, axis, List.of(blocks), 0);
  }

  /**
   * The constant with its axis 1 replaced, by other blocks in each of as many equal runs of axis 0
   * as there are lists.
   */
  static Constant grouped(Constant constant, List<List<Block>> groups) {
    return apply(constant, 1, groups, constant.size(0) / groups.size());
  }

  /**
   * @param run how many rows of the outer axes have the same blocks, 0 for all of them
   */
  private static Constant apply(Constant constant, int axis, List<List<Block>> groups, int run) {
    long[] sizes = constant.sizes();
    int outer = product(sizes, 0, axis);
    int inner = product(sizes, axis + 1, sizes.length);
    int before = constant.size(axis);
    int after = groups.get(0).stream().mapToInt(Block::columns).sum();
    float[] in = constant.floats();
    float[] out = new float[Math.multiplyExact(Math.multiplyExact(outer, after), inner)];
    IntStream.range(0, outer)
        .parallel()
        .forEach(
            o -> {
              List<Block> blocks = groups.get(run == 0 ? 0 : o / run);
              row(in, o * before * inner, out, o * after * inner, inner, blocks);
            });
    sizes[axis] = after;
    return constant.withFloats(out, sizes);
  }

  private static void row(
      float[] in, int inStart, float[] out, int outStart, int inner, List<Block> blocks) {
    int from = inStart;
    int to = outStart;
    for (Block block : blocks) {
      // Repeated elements follow their channel, so they are part of what lies inside.
      int run = inner * block.repeat();
      block(in, from, out, to, run, block);
      from += block.matrix().rows() * run;
      to += block.matrix().columns() * run;
    }
  }

  private static void block(float[] in, int from, float[] out, int to, int run, Block block) {
    double[] sums = new double[run];
    for (int a = 0; a < block.taps().length; a++) {
      Arrays.fill(sums, 0);
      for (int c : block.taps()[a]) {
        double factor = block.matrix().at(c, a);
        int start = from + c * run;
        for (int i = 0; i < run; i++) {
          sums[i] += factor * in[start + i];
        }
      }
      for (int i = 0; i < run; i++) {
        out[to + a * run + i] = (float) sums[i];
      }
    }
  }

  private static int product(long[] sizes, int from, int to) {
    long product = 1;
    for (int i = from; i < to; i++) {
      product = Math.multiplyExact(product, sizes[i]);
    }
    return Math.toIntExact(product);
  }
}
