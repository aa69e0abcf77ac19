package dev.capstan.recipe.stage;

import java.nio.file.Path;

/**
 * Where the stages of a run keep what they have done, so that a run that was stopped goes on from
 * there, to the same bits.
 *
 * @param folder of one run, which is there
 * @param elastic whether to go on on another number of threads, which changes bits
 */
public record Resume(Path folder, boolean elastic) {}
