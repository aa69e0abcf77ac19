package dev.capstan.recipe.stage;

/**
 * The classes that two networks give images, those with the largest outputs.
 *
 * @param images their indices in the data set
 * @param original what the original gives each of them
 * @param network what the other network gives it
 */
@SuppressWarnings("ArrayRecordComponent") // handed on once, never copied or compared
public record Choices(int[] images, int[] original, int[] network) {}
