package dev.capstan.latency;

import java.time.Duration;

/**
 * How much may be spent on measuring operators.
 *
 * @param measurements how many operators, at different shapes, may be measured
 * @param time how long all of it may take, by estimate from the whole network's time
 */
public record Effort(int measurements, Duration time) {
  /** About a minute. */
  public static final Effort DEFAULT = new Effort(400, Duration.ofSeconds(60));
}
