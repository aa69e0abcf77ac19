package dev.capstan.onnx;

import ai.onnx.proto.OnnxMl.NodeProto;
import dev.capstan.error.InvalidInputException;
import dev.capstan.graph.Constant;
import java.util.Collections;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The constants of a model that is being read, by name. One that was only a step on the way to
 * others is dropped once they are made: a chain on large kernels holds two of them, not all.
 */
final class KnownConstants {
  private final Map<String, Constant> constants = new LinkedHashMap<>();
  private final Map<String, Integer> readers = new HashMap<>();

  /** Counts a reader of a value; what the model gives out has one that never comes. */
  void addReader(String value) {
    readers.merge(value, 1, Integer::sum);
  }

  @Nullable Constant get(String value) {
    return constants.get(value);
  }

  boolean contains(String value) {
    return constants.containsKey(value);
  }

  /** All that are left. */
  Map<String, Constant> all() {
    return Collections.unmodifiableMap(constants);
  }

  void put(String value, Constant constant) {
    constants.put(value, constant);
  }

  /** Adds what a node gives. */
  void add(String value, Constant constant) {
    if (constants.put(value, constant) != null) {
      throw new InvalidInputException("gives '" + value + "', which something else gives");
    }
  }

  /** Adds what a node makes of other constants, which it needs no more. */
  void fold(NodeProto node, Map<String, Constant> made) {
    made.forEach(this::add);
    for (String value : Subgraphs.reads(node)) {
      if (readers.merge(value, -1, Integer::sum) == 0) {
        constants.remove(value);
      }
    }
  }
}
