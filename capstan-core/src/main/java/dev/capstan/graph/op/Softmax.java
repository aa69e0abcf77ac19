package dev.capstan.graph.op;

/**
 * Softmax along one axis, or over all axes from it on as opsets below 13 mean it.
 *
 * @param axis where it starts; negative counts from the end
 * @param flattened whether it goes over all axes from {@code axis} on, taken as one
 */
public record Softmax(int axis, boolean flattened) implements Distribution {}
