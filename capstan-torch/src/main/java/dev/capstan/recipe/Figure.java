package dev.capstan.recipe;

/**
 * What a step of long work showed.
 *
 * @param name with its unit, if it has one: {@code loss}, {@code images/s}
 */
public record Figure(String name, double value) {}
