package dev.capstan.pipeline;

import dev.capstan.cost.CostModel;
import dev.capstan.rank.Budget;
import dev.capstan.rank.RankOptions;
import dev.capstan.recipe.Compute;
import java.nio.file.Path;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * What to plan ranks for.
 *
 * @param model the ONNX file
 * @param data images to measure on, labelled or not
 * @param budget made of the model's costs: {@code costs -> Budget.macs(costs, 0.5)}
 * @param ranks those to choose from
 * @param count images to measure on, at most
 * @param output the file to save the plan to, null for none
 * @param images preprocessing
 * @param compute precision and threads
 * @param seed of every random choice
 */
public record PlanJob(
    Path model,
    Path data,
    Function<CostModel, Budget> budget,
    RankOptions ranks,
    int count,
    @Nullable Path output,
    ImageOptions images,
    Compute compute,
    long seed) {}
