package dev.capstan.graph.op;

/** {@code 1 / (1 + exp(-x))}. */
public record Sigmoid() implements Activation {}
