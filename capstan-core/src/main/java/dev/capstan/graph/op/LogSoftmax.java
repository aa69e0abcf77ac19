package dev.capstan.graph.op;

/**
 * Logarithm of {@link Softmax}.
 *
 * @param axis where it starts; negative counts from the end
 * @param flattened whether it goes over all axes from {@code axis} on, taken as one
 */
public record LogSoftmax(int axis, boolean flattened) implements Distribution {}
