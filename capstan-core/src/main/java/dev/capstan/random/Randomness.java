package dev.capstan.random;

import java.util.SplittableRandom;

/** Random numbers as a function of a key, such as (seed, epoch, index). */
public final class Randomness {
  private Randomness() {}

  /** Numbers that depend on the key alone. */
  public static SplittableRandom of(long... key) {
    long hash = 0;
    for (long part : key) {
      hash = mix(hash * 0x9E3779B97F4A7C15L + part + 1);
    }
    return new SplittableRandom(hash);
  }

  /** The finaliser of SplitMix64. */
  private static long mix(long z) {
    z = (z ^ (z >>> 30)) * 0xBF58476D1CE4E5B9L;
    z = (z ^ (z >>> 27)) * 0x94D049BB133111EBL;
    return z ^ (z >>> 31);
  }
}
