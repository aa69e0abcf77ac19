package dev.capstan.outputs.judged;

/** What numbers become before anything else is done with them. */
public enum Reading {
  /** They count as they are. */
  PLAIN,
  /** Each becomes {@code 1 / (1 + exp(-x))}. */
  SIGMOID,
  /** Those along an axis become shares of 1. */
  SOFTMAX
}
