package dev.capstan.zoo;

import dev.capstan.graph.Shape;

/**
 * A tensor that a network takes from its weights.
 *
 * @param name its name, as PyTorch has it
 * @param shape its shape
 * @param role what it does
 */
record Parameter(String name, Shape shape, Role role) {
  /** What a parameter does, which decides what random values are plausible. */
  enum Role {
    KERNEL,
    BIAS,
    SCALE,
    BRANCH_SCALE,
    SHIFT,
    MEAN,
    VARIANCE
  }
}
