package dev.capstan.graph.op;

/** Largest element of each channel over all spatial axes. */
public record GlobalMaxPool() implements GlobalPooling {}
