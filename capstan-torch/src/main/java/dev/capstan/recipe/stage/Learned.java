package dev.capstan.recipe.stage;

import dev.capstan.space.Bases;

/**
 * What was learned.
 *
 * @param start the bases learning began with
 * @param bases those it ended with; the start, where nothing better was found on images held out
 * @param imagesSeen images in all that were learned from, calibration included
 * @param rollBacks how often a run that rose went back to its best bases
 */
public record Learned(Bases start, Bases bases, long imagesSeen, int rollBacks) {}
