package dev.capstan.report;

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
 * @param outputError mean relative squared error of each output against the original's, by name;
 *     empty where outputs are classes
 * @param metric the user's own metric, null without
 * @param images number of images
 */
public record Scores(
    @Nullable Double top1,
    @Nullable Double top5,
    @Nullable Double loss,
    Map<String, Double> outputError,
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

  /** The same where there is no original to be compared with. */
  public Scores withoutErrors() {
    return new Scores(top1, top5, loss, Map.of(), metric, images);
  }
}
