package dev.capstan.graph.op;

/** Gives what it gets. */
public record Identity() implements Activation {}
