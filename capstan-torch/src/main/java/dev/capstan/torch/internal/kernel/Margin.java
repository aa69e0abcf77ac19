package dev.capstan.torch.internal.kernel;

import dev.capstan.graph.op.Window;
import java.util.Arrays;
import java.util.List;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;

/**
 * Padding of a window over one input: libtorch's own operators pad both sides of an axis alike;
 * what is not like that is put around the input first.
 *
 * @param before elements before each spatial axis
 * @param after elements after each
 */
@SuppressWarnings("ArrayRecordComponent") // handed to libtorch as they are
public record Margin(long[] before, long[] after) {
  public static Margin of(Window window, Tensor input) {
    int rank = window.rank();
    long[] spatial = Arrays.copyOfRange(input.shape(), 2, 2 + rank);
    long[] pads = longs(window.pads(spatial));
    return pads.length == 0
        ? new Margin(new long[rank], new long[rank])
        : new Margin(Arrays.copyOf(pads, rank), Arrays.copyOfRange(pads, rank, 2 * rank));
  }

  /** Whether each axis is padded alike before and after. */
  boolean isSymmetric() {
    return Arrays.equals(before, after);
  }

  /** Whether each axis is padded by at most half the window, all that libtorch's pooling takes. */
  boolean fitsHalf(Window window) {
    for (int i = 0; i < before.length; i++) {
      if (before[i] > window.kernel().get(i) / 2) {
        return false;
      }
    }
    return true;
  }

  /** The input with this margin around it. */
  public Tensor around(Tensor input, double value) {
    int rank = before.length;
    long[] pads = new long[2 * rank];
    for (int i = 0; i < rank; i++) {
      // libtorch counts axes from the innermost.
      pads[2 * (rank - 1 - i)] = before[i];
      pads[2 * (rank - 1 - i) + 1] = after[i];
    }
    return torch.constant_pad_nd(input, pads, new Scalar(value));
  }

  /** As many zeros as there are spatial axes. */
  long[] none() {
    return new long[before.length];
  }

  static long[] longs(List<Integer> values) {
    return values.stream().mapToLong(Integer::longValue).toArray();
  }
}
