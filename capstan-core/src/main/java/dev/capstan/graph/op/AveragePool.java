package dev.capstan.graph.op;

/**
 * Mean of each window.
 *
 * @param window the window
 * @param countIncludePad whether padding counts as elements of value 0
 */
public record AveragePool(Window window, boolean countIncludePad) implements Pooling {}
