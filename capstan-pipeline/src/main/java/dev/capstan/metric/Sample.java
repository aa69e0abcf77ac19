package dev.capstan.metric;

import java.util.Map;
import java.util.Optional;

/**
 * What a network made of one image.
 *
 * @param image the image's file
 * @param label the name of its class, if its folder has classes
 * @param outputs by name
 */
public record Sample(String image, Optional<String> label, Map<String, Output> outputs) {
  /** Copies the map. */
  public Sample {
    outputs = Map.copyOf(outputs);
  }

  /**
   * An output for one image; the arrays are the receiver's own.
   *
   * @param values row-major
   * @param shape extents, without the batch axis
   */
  @SuppressWarnings("ArrayRecordComponent") // handed on once, never compared
  public record Output(float[] values, long[] shape) {}
}
