package dev.capstan.report;

import com.fasterxml.jackson.annotation.JsonValue;

/**
 * A point on a network's way at which it is judged, in the order of the way. Reports and tables
 * show whatever stands here.
 */
public enum Stage {
  /** The original. */
  BASELINE("baseline", "original", ""),
  /** Kernels made smaller by their bases, no weight changed otherwise. */
  PROJECTED("projected", "projected", "after projection"),
  /** Its channels have the original's mean and variance again. */
  REESTIMATED("reestimated", "re-estimated", "after re-estimation"),
  /** Weights solved for in closed form. */
  REFITTED("refitted", "refitted", "after refit"),
  /** All weights trained. */
  FINE_TUNED("fineTuned", "fine-tuned", "after fine-tuning");

  private final String key;
  private final String column;
  private final String label;

  Stage(String key, String column, String label) {
    this.key = key;
    this.column = column;
    this.label = label;
  }

  /** What JSON calls it. */
  @JsonValue
  public String key() {
    return key;
  }

  /** In a word; also the heading of a column of its figures. */
  public String column() {
    return column;
  }

  /** What a row with its figure ends with. */
  public String label() {
    return label;
  }

  /** What progress calls the work of finding its figures. */
  public String judging() {
    return "judge " + column;
  }
}
