package dev.capstan.ort;

import java.time.Duration;

/**
 * What a model that others wrote may take in a process of its own.
 *
 * @param time that is worked on the answer, loading included; on a busy machine it may take longer
 * @param bytes resident memory, beyond what the process held before
 */
public record Limits(Duration time, long bytes) {
  String told() {
    return "%d s and %d MiB".formatted(time.toSeconds(), bytes >> 20);
  }
}
