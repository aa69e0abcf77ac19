package dev.capstan.job;

import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/**
 * What to judge, and by what.
 *
 * @param inputs the model, and the images as those to learn from
 * @param original the model that outputs which are no classes are compared with, null for none
 */
public record EvaluateJob(Inputs inputs, @Nullable Path original) {}
