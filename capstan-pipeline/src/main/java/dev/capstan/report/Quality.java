package dev.capstan.report;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * How good a network was found at each stage.
 *
 * @param top1 in percent; its figures are null where outputs are no classes
 * @param top5 in percent, alike
 * @param outputError relative squared error of each output against the original's, by name; empty
 *     where outputs are classes
 * @param metric the user's own, null for none
 */
public record Quality(
    StageFigures top1,
    StageFigures top5,
    Map<String, StageFigures> outputError,
    @Nullable OwnMetric metric) {
  /** Copies the map, keeping its order. */
  public Quality {
    outputError = Collections.unmodifiableMap(new LinkedHashMap<>(outputError));
  }

  /**
   * What was chosen between networks at a stage, told on images held out.
   *
   * @param stage at which
   * @param kept what goes on: {@code learned}, {@code start} of learning, {@code selected} or
   *     another method's name for the bases, {@code yes} or {@code no} for a correction or a
   *     training
   * @param why the figures that decided, in words
   */
  public record Decision(Stage stage, String kept, String why) {}

  /** The user's own metric. */
  public record OwnMetric(String name, boolean higherIsBetter, StageFigures stages) {}
}
