package dev.capstan.job;

import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/**
 * The user's own metric.
 *
 * @param name what it calls itself
 * @param jar the jar or folder that holds it, null if it is on the class path
 */
public record MetricChoice(String name, @Nullable Path jar) {}
