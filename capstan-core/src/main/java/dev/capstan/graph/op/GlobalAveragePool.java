package dev.capstan.graph.op;

/** Mean of each channel over all spatial axes. */
public record GlobalAveragePool() implements GlobalPooling {}
