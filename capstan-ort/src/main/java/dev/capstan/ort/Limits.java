package dev.capstan.ort;

import java.time.Duration;

/**
 * What a model that others wrote may take in a process of its own.
 *
 * @param time from the question to the answer, loading included
 * @param bytes resident memory, beyond what the process held before
 */
public record Limits(Duration time, long bytes) {
  String told() {
    return "%d s and %d MiB".formatted(time.toSeconds(), bytes >> 20);
  }
}
