package dev.capstan.recipe.stage;

import dev.capstan.space.Bases;

/**
 * What was learned.
 *
 * @param start the bases learning began with
 * @param bases those it ended with
 * @param imagesSeen images in all, calibration included
 */
public record Learned(Bases start, Bases bases, long imagesSeen) {}
