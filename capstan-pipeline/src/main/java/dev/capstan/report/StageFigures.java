package dev.capstan.report;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonValue;
import java.util.Collections;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * A figure at each stage.
 *
 * @param byStage every stage has an entry, null where it was not run or there is nothing to judge
 *     by
 */
public record StageFigures(@JsonValue Map<Stage, @Nullable Double> byStage) {
  /** Copies the map; what is not in it is null. */
  @JsonCreator
  public StageFigures {
    Map<Stage, @Nullable Double> all = new EnumMap<>(Stage.class);
    for (Stage stage : Stage.values()) {
      all.put(stage, byStage.get(stage));
    }
    byStage = Collections.unmodifiableMap(all);
  }

  /** A figure of what was found at each stage. */
  public static <T> StageFigures of(Map<Stage, T> found, Function<T, @Nullable Double> figure) {
    Map<Stage, @Nullable Double> figures = new EnumMap<>(Stage.class);
    found.forEach((stage, value) -> figures.put(stage, figure.apply(value)));
    return new StageFigures(figures);
  }

  /** The mean of each stage's figures, null where one of them is. */
  public static StageFigures mean(List<StageFigures> all) {
    Map<Stage, @Nullable Double> means = new EnumMap<>(Stage.class);
    for (Stage stage : Stage.values()) {
      List<Double> found =
          all.stream().map(figures -> figures.at(stage)).filter(Objects::nonNull).toList();
      means.put(
          stage,
          found.size() < all.size()
              ? null
              : found.stream().mapToDouble(Double::doubleValue).average().orElseThrow());
    }
    return new StageFigures(means);
  }

  /** The figure of a stage, null if it has none. */
  public @Nullable Double at(Stage stage) {
    return byStage.get(stage);
  }

  /** The original's. */
  public @Nullable Double baseline() {
    return at(Stage.BASELINE);
  }

  /** That after fine-tuning. */
  public @Nullable Double fineTuned() {
    return at(Stage.FINE_TUNED);
  }

  /** The figure of the last stage before fine-tuning, null if there is none. */
  public @Nullable Double beforeTuning() {
    return last(Stream.of(Stage.values()).filter(stage -> stage != Stage.FINE_TUNED));
  }

  /** The figure of the last stage that was run, null if there is none. */
  public @Nullable Double last() {
    return last(Stream.of(Stage.values()));
  }

  private @Nullable Double last(Stream<Stage> stages) {
    return stages
        .filter(stage -> stage != Stage.BASELINE)
        .map(this::at)
        .filter(Objects::nonNull)
        .reduce((earlier, later) -> later)
        .orElse(null);
  }

  /** The figures that there are: {@code baseline 96.0, projected 91.5}. */
  @Override
  public String toString() {
    return byStage.entrySet().stream()
        .filter(entry -> entry.getValue() != null)
        .map(entry -> entry.getKey().column() + " " + entry.getValue())
        .collect(Collectors.joining(", "));
  }
}
