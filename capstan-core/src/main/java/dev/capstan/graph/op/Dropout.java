package dev.capstan.graph.op;

/**
 * Dropout, which in inference gives what it gets; its second output (the mask) is not supported.
 *
 * @param ratio share of elements dropped in training
 */
public record Dropout(float ratio) implements Activation {}
