package dev.capstan.torch.internal.distributed;

import dev.capstan.torch.internal.tensor.Tensors;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.List;
import java.util.function.Supplier;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.Tensor;

/**
 * The processes that share the work of a run. All of them call the same methods in the same order.
 */
public interface ProcessGroup extends AutoCloseable {
  /** A process that shares its work with no other, and pays nothing for it. */
  ProcessGroup ALONE = new Alone();

  /** Number of this process. */
  int rank();

  /** The number of processes. */
  int worldSize();

  /** Whether this process decides. */
  default boolean leads() {
    return rank() == 0;
  }

  /** Whether there is no other. */
  default boolean isAlone() {
    return worldSize() == 1;
  }

  /**
   * Puts the sum over all processes in the place of a tensor, the same bits in all of them.
   *
   * @param values contiguous, of the same type and extents in all processes
   */
  default void allReduce(Tensor values) {
    allReduce(values, () -> {});
  }

  /**
   * The same.
   *
   * @param meanwhile what is done while others are waited for; not called where there are none, and
   *     it exchanges nothing
   */
  void allReduce(Tensor values, Runnable meanwhile);

  /** Puts sums over all processes in the place of numbers, as many in each of them. */
  default void sum(double[] values) {
    if (isAlone()) {
      return;
    }
    try (PointerScope scope = new PointerScope()) {
      Tensor all = Tensors.of(values, values.length);
      allReduce(all);
      System.arraycopy(Tensors.doubles(all), 0, values, 0, values.length);
    }
  }

  /** The sum of a number over all processes. */
  default double sum(double value) {
    double[] one = {value};
    sum(one);
    return one[0];
  }

  /** The sums of vectors of which some may be shorter than others: what one lacks is 0. */
  default double[] sumOfUneven(double[] values) {
    double[] lengths = new double[worldSize()];
    lengths[rank()] = values.length;
    sum(lengths);
    double[] whole = Arrays.copyOf(values, (int) Arrays.stream(lengths).max().orElseThrow());
    sum(whole);
    return whole;
  }

  /**
   * What the process that leads says, which it alone is asked for. However long that takes, the
   * others wait.
   */
  byte[] broadcast(Supplier<byte[]> value);

  /** The same for numbers. */
  default double[] decide(Supplier<double[]> value) {
    return isAlone() ? value.get() : doubles(broadcast(() -> bytes(value.get())));
  }

  private static byte[] bytes(double[] values) {
    ByteBuffer bytes = ByteBuffer.allocate(Double.BYTES * values.length);
    bytes.asDoubleBuffer().put(values);
    return bytes.array();
  }

  private static double[] doubles(byte[] bytes) {
    double[] values = new double[bytes.length / Double.BYTES];
    ByteBuffer.wrap(bytes).asDoubleBuffer().get(values);
    return values;
  }

  /**
   * Fails where a process has something else than the one that leads.
   *
   * @param what it is and when, in words
   * @param hash of it; asked for where there are others
   */
  void agree(String what, Supplier<String> hash);

  /** What all others say, in the order of their ranks; those that do not lead hear nothing. */
  List<byte[]> hear(Supplier<byte[]> own);

  /** Tells the others that this process has failed, and why. */
  void fail(String message);

  /** Leaves the group; what others then wait for from this process fails. */
  @Override
  void close();
}
