package dev.capstan.recipe.stage;

import dev.capstan.rank.allocate.Sensitivities;

/**
 * What was measured.
 *
 * @param sensitivities the curves
 * @param imagesSeen different images that were looked at
 * @param forwardRuns what it cost, in forward runs of one image through the whole network
 */
public record Measured(Sensitivities sensitivities, long imagesSeen, double forwardRuns) {}
