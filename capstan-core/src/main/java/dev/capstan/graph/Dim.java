package dev.capstan.graph;

import java.util.function.LongUnaryOperator;

/**
 * The extent of one axis.
 *
 * @param size the extent, or -1 where only a run tells
 * @param symbol the name a model gives to an extent it leaves open ("N"), empty for none
 * @param times how many times what the name stands for; 1 without one
 */
public record Dim(long size, String symbol, long times) {
  /** An extent nothing is known about. */
  public static final Dim UNKNOWN = open("");

  /** Checks that the extent is known or left open, never both. */
  public Dim {
    if (size < -1) {
      throw new IllegalArgumentException("a dimension of size " + size);
    }
    if (size >= 0 && !symbol.isEmpty()) {
      throw new IllegalArgumentException("dimension " + symbol + " also has size " + size);
    }
  }

  /** A known extent. */
  public static Dim of(long size) {
    return new Dim(size, "", 1);
  }

  /** An extent left open under a name. */
  public static Dim open(String symbol) {
    return new Dim(-1, symbol, 1);
  }

  /** The product with another extent; of two that are open nothing is known. */
  public Dim times(Dim other) {
    if (isKnown() && other.isKnown()) {
      return of(Math.multiplyExact(size, other.size));
    }
    Dim open = isKnown() ? other : this;
    long factor = isKnown() ? size : other.size;
    if (factor == 1) {
      return open;
    }
    boolean nameless = open.symbol.isEmpty() || factor < 1 || factor > Long.MAX_VALUE / open.times;
    return nameless ? UNKNOWN : new Dim(-1, open.symbol, open.times * factor);
  }

  /** The extent that gives this one when multiplied by a known one, if there is such an extent. */
  public Dim dividedBy(long divisor) {
    long dividend = isKnown() ? size : times;
    if (divisor < 1 || dividend % divisor != 0) {
      return UNKNOWN;
    }
    return isKnown() ? of(size / divisor) : new Dim(-1, symbol, times / divisor);
  }

  /** Whether the extent is known before a run. */
  public boolean isKnown() {
    return size >= 0;
  }

  /** The extent a function of this one has: unknown stays unknown. */
  public Dim map(LongUnaryOperator function) {
    return isKnown() ? of(function.applyAsLong(size)) : UNKNOWN;
  }

  @Override
  public String toString() {
    String open = symbol.isEmpty() ? "?" : times == 1 ? symbol : times + "*" + symbol;
    return isKnown() ? Long.toString(size) : open;
  }
}
