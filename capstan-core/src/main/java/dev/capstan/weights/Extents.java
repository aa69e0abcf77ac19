package dev.capstan.weights;

import java.util.List;

/** Arithmetic on extents that a file claims, which may be any numbers. */
final class Extents {
  private Extents() {}

  /** The number of elements, -1 where it is negative or beyond all bounds. */
  static long elements(List<Long> sizes) {
    long product = 1;
    for (long size : sizes) {
      long high = Math.multiplyHigh(product, size);
      product *= size;
      if (size < 0 || high != 0 || product < 0) {
        return -1;
      }
    }
    return product;
  }

  /** Whether so many bytes are what a tensor of these extents takes. */
  static boolean fills(List<Long> sizes, int elementBytes, long bytes) {
    return bytes % elementBytes == 0 && elements(sizes) == bytes / elementBytes;
  }
}
