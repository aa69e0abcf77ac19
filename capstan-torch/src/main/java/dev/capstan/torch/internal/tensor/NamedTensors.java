package dev.capstan.torch.internal.tensor;

import dev.capstan.graph.Constant;
import java.util.LinkedHashMap;
import java.util.Map;

/** Tensors by names that say in their beginning what they belong to. */
public final class NamedTensors {
  private NamedTensors() {}

  /** Those whose names begin so, without that beginning, in their order. */
  public static Map<String, Constant> part(Map<String, Constant> tensors, String prefix) {
    Map<String, Constant> part = new LinkedHashMap<>();
    tensors.forEach(
        (name, tensor) -> {
          if (name.startsWith(prefix)) {
            part.put(name.substring(prefix.length()), tensor);
          }
        });
    return part;
  }
}
