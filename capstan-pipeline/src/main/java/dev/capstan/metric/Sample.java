package dev.capstan.metric;

import dev.capstan.graph.Constant;
import java.util.Map;
import java.util.Optional;

/**
 * What a network made of one image.
 *
 * @param image the image's file
 * @param label the name of its class, if its folder has classes
 * @param outputs by name, float32; without the batch axis
 */
public record Sample(String image, Optional<String> label, Map<String, Constant> outputs) {
  /** Copies the map. */
  public Sample {
    outputs = Map.copyOf(outputs);
  }
}
