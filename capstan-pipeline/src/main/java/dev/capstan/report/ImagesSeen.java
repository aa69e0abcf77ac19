package dev.capstan.report;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonValue;
import java.util.Collections;
import java.util.EnumMap;
import java.util.Map;

/**
 * How many images the stages saw, each counted as often as it was seen.
 *
 * @param byUse every use has an entry
 */
public record ImagesSeen(@JsonValue Map<Use, Long> byUse) {
  /** What images are seen for. */
  public enum Use {
    /** To measure sensitivities, activations and their moments. */
    CALIBRATION("calibration"),
    /** To learn bases. */
    LEARNING("learning"),
    /** To solve for weights. */
    REFIT("refit"),
    /** To train the weights. */
    FINE_TUNING("fineTuning");

    private final String key;

    Use(String key) {
      this.key = key;
    }

    /** What JSON calls it. */
    @JsonValue
    public String key() {
      return key;
    }
  }

  /** None yet. */
  public static final ImagesSeen NONE = new ImagesSeen(Map.of());

  /** Copies the map; what is not in it is 0. */
  @JsonCreator
  public ImagesSeen {
    Map<Use, Long> all = new EnumMap<>(Use.class);
    for (Use use : Use.values()) {
      all.put(use, byUse.getOrDefault(use, 0L));
    }
    byUse = Collections.unmodifiableMap(all);
  }

  /** All together. */
  public long all() {
    return byUse.values().stream().mapToLong(Long::longValue).sum();
  }

  /** The same and so many more. */
  public ImagesSeen plus(Use use, long more) {
    Map<Use, Long> sum = new EnumMap<>(byUse);
    sum.merge(use, more, Long::sum);
    return new ImagesSeen(sum);
  }
}
