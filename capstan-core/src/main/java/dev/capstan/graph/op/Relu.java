package dev.capstan.graph.op;

/** {@code max(x, 0)}. */
public record Relu() implements Activation {}
