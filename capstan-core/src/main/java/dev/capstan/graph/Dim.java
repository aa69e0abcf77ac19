package dev.capstan.graph;

import java.util.function.LongUnaryOperator;

/**
 * The extent of one axis.
 *
 * @param size the extent, or -1 where only a run tells
 * @param symbol the name a model gives to an extent it leaves open ("N"), empty for none
 */
public record Dim(long size, String symbol) {
  /** An extent nothing is known about. */
  public static final Dim UNKNOWN = new Dim(-1, "");

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
    return new Dim(size, "");
  }

  /** An extent left open under a name. */
  public static Dim open(String symbol) {
    return new Dim(-1, symbol);
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
    return isKnown() ? Long.toString(size) : symbol.isEmpty() ? "?" : symbol;
  }
}
