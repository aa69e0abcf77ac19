package dev.capstan.job;

import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/**
 * What to plan ranks for.
 *
 * @param inputs the model, and images to measure on, labelled or not
 * @param ranks the budget, and the ranks to choose from
 * @param output the file to save the plan to, null for none
 * @param seed of every random choice
 */
public record PlanJob(Inputs inputs, RankSettings ranks, @Nullable Path output, long seed) {}
