package dev.capstan.pipeline.input;

import static java.util.Objects.requireNonNullElse;
import static java.util.stream.Collectors.joining;

import dev.capstan.error.InvalidInputException;
import dev.capstan.graph.Metadata;
import dev.capstan.image.Preprocessing;
import dev.capstan.image.Preprocessing.ChannelOrder;
import dev.capstan.image.Preprocessing.Range;
import dev.capstan.job.PreprocessingOptions;
import dev.capstan.job.PreprocessingOptions.Extent;
import dev.capstan.job.PreprocessingOptions.ResizeMode;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** How images become a result's input, as its metadata tell: what made it used that. */
public final class ToldPreprocessing {
  private static final String PROPERTY = "capstan.preprocessing";

  private ToldPreprocessing() {}

  /**
   * What a model's metadata tell, nothing where they tell nothing.
   *
   * @throws InvalidInputException if they tell what cannot be
   */
  public static PreprocessingOptions of(Metadata metadata) {
    String told = metadata.properties().getOrDefault(PROPERTY, "");
    return told.isEmpty() ? PreprocessingOptions.DEFAULT : read(told);
  }

  /** In words, as the property holds it; empty where it tells nothing. */
  public static String words(Metadata metadata) {
    return metadata.properties().getOrDefault(PROPERTY, "");
  }

  private static PreprocessingOptions read(String told) {
    Map<String, String> entries = new LinkedHashMap<>();
    Arrays.stream(told.split(" "))
        .forEach(
            entry -> entries.put(entry.replaceFirst("=.*", ""), entry.replaceFirst(".*=", "")));
    try {
      return new PreprocessingOptions(
          numbers(entries, "mean"),
          numbers(entries, "std"),
          ChannelOrder.valueOf(word(entries, "channels")),
          word(entries, "range").equals("BYTE") ? Range.ZERO_TO_255 : Range.ZERO_TO_ONE,
          ResizeMode.valueOf(word(entries, "resize").replace('-', '_')),
          Integer.parseInt(entries.getOrDefault("size", "0")),
          Extent.of(entries.getOrDefault("crop", Extent.NONE.toString())),
          null);
    } catch (IllegalArgumentException e) {
      throw new InvalidInputException(
          "metadata '%s': expected mean, std, channels, range and resize, found '%s'; say them with settings of these names"
              .formatted(PROPERTY, told),
          e);
    }
  }

  private static List<Double> numbers(Map<String, String> entries, String key) {
    return Arrays.stream(entries.getOrDefault(key, "").split(",")).map(Double::valueOf).toList();
  }

  private static String word(Map<String, String> entries, String key) {
    return entries.getOrDefault(key, "").toUpperCase(Locale.ROOT);
  }

  /**
   * Metadata that tell what was done to images.
   *
   * @param used how they became the network's input
   * @param said what was asked for: it alone tells rule and size of the resize
   * @param open whether the network leaves the size of its images open
   */
  public static Map<String, String> properties(
      Preprocessing used, PreprocessingOptions said, boolean open) {
    String size = said.size() == 0 ? "" : " size=" + said.size();
    String crop = open ? " crop=" + new Extent(used.height(), used.width()) : "";
    return Map.of(
        PROPERTY,
        "mean=%s std=%s channels=%s range=%s resize=%s%s%s"
            .formatted(
                joined(used.mean()),
                joined(used.std()),
                lower(used.channelOrder()),
                used.range() == Range.ZERO_TO_255 ? "byte" : "unit",
                requireNonNullElse(said.resize(), ResizeMode.SHORTER).word(),
                size,
                crop));
  }

  private static String joined(List<Double> numbers) {
    return numbers.stream().map(Object::toString).collect(joining(","));
  }

  private static String lower(Enum<?> word) {
    return word.name().toLowerCase(Locale.ROOT);
  }
}
