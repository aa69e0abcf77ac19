package dev.capstan.weights;

import dev.capstan.graph.Constant;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * What a safetensors file holds.
 *
 * @param tensors by name, in the order of the file's header
 * @param metadata the words beside them, in the file's order
 */
public record Safetensors(Map<String, Constant> tensors, Map<String, String> metadata) {
  /** Copies the maps, keeping their order. */
  public Safetensors {
    tensors = Collections.unmodifiableMap(new LinkedHashMap<>(tensors));
    metadata = Collections.unmodifiableMap(new LinkedHashMap<>(metadata));
  }
}
