package dev.capstan.array;

import dev.capstan.graph.Constant;
import dev.capstan.graph.DataType;
import java.util.function.Supplier;
import java.util.stream.LongStream;

/** An array to be: what it takes is known before an element is made. */
public final class Pending {
  private final DataType type;
  private final long[] sizes;
  private final double work;
  private final Supplier<Constant> maker;

  private Pending(DataType type, long[] sizes, double work, Supplier<Constant> maker) {
    this.type = type;
    this.sizes = sizes;
    this.work = work;
    this.maker = maker;
  }

  /** An array whose every element is made once. */
  static Pending of(DataType type, long[] sizes, Supplier<Constant> maker) {
    return new Pending(type, sizes, 0, maker);
  }

  /** An array that takes a look at all elements of another one, however small it is itself. */
  static Pending over(Constant read, DataType type, long[] sizes, Supplier<Constant> maker) {
    return new Pending(type, sizes, (double) read.elements() * read.type().bytes(), maker);
  }

  /** An array that is there: another view of one, which costs nothing. */
  public static Pending ready(Constant constant) {
    return new Pending(constant.type(), constant.sizes(), -1, () -> constant);
  }

  /** Extents of the axes, never negative (a copy). */
  public long[] sizes() {
    return sizes.clone();
  }

  /** Bytes that are written, or read, whichever is more; 0 if it is there. */
  public double cost() {
    double elements = LongStream.of(sizes).asDoubleStream().reduce(1, (a, b) -> a * b);
    return work < 0 ? 0 : Math.max(work, elements * type.bytes());
  }

  /** Makes it. */
  public Constant make() {
    return maker.get();
  }
}
