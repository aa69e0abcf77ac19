package dev.capstan.graph.op;

/**
 * {@code min(max(x, min), max)}.
 *
 * @param min lower limit, minus infinity for none
 * @param max upper limit, infinity for none
 */
public record Clip(float min, float max) implements Activation {}
