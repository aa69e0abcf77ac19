package dev.capstan.report;

import dev.capstan.rank.Goal;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * How good a network was found.
 *
 * @param top1 share of images whose class has the largest output, in percent; null where outputs
 *     are no classes or images have no labels
 * @param top5 share of images whose class is among the five largest, in percent; null alike
 * @param loss mean cross-entropy, in nats; null alike
 * @param outputError error of each output against the original's, by name: {@code ||y' - y|| / ||y
 *     - mean y||} over the images, the mean over them too; empty where there is no original
 * @param agreement share of images for which both give the same class the largest output, in [0,
 *     1]; null where outputs are no classes, or there is no original
 * @param divergence mean divergence of the outputs from the original's, in nats; the mean relative
 *     squared error where they are no classes; null where there is no original
 * @param metric the user's own metric, null without
 * @param images number of images
 */
public record Scores(
    @Nullable Double top1,
    @Nullable Double top5,
    @Nullable Double loss,
    Map<String, Double> outputError,
    @Nullable Double agreement,
    @Nullable Double divergence,
    @Nullable Double metric,
    long images) {
  /** Copies the map, keeping its order. */
  public Scores {
    outputError = Collections.unmodifiableMap(new LinkedHashMap<>(outputError));
  }

  /** Whether all figures are numbers, neither NaN nor infinity. */
  public boolean finite() {
    return Stream.concat(Stream.of(top1, top5, loss, metric), outputError.values().stream())
        .allMatch(figure -> figure == null || Double.isFinite(figure));
  }

  /** How near the outputs are to the original's, in [0, 1]: see {@link Goal#nearness}. */
  public double nearness() {
    return Goal.nearness(agreement, outputError.values());
  }

  /** The same where there is no original to be compared with. */
  public Scores withoutErrors() {
    return new Scores(top1, top5, loss, Map.of(), null, null, metric, images);
  }
}
