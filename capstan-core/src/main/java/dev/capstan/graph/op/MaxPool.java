package dev.capstan.graph.op;

/**
 * Largest element of each window.
 *
 * @param window the window; padding counts as minus infinity
 */
public record MaxPool(Window window) implements Pooling {}
