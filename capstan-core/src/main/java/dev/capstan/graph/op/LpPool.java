package dev.capstan.graph.op;

/**
 * {@code (sum |x|^p)^(1/p)} over each window.
 *
 * @param window the window; padding counts as 0
 * @param p the power
 */
public record LpPool(Window window, int p) implements Pooling {}
