package dev.capstan.weights;

import dev.capstan.graph.DataType;
import java.util.EnumMap;
import java.util.Map;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** The names safetensors has for element types. */
final class SafetensorsType {
  private static final Map<DataType, String> NAMES = new EnumMap<>(DataType.class);

  static {
    NAMES.put(DataType.FLOAT32, "F32");
    NAMES.put(DataType.FLOAT64, "F64");
    NAMES.put(DataType.FLOAT16, "F16");
    NAMES.put(DataType.BFLOAT16, "BF16");
    NAMES.put(DataType.INT8, "I8");
    NAMES.put(DataType.UINT8, "U8");
    NAMES.put(DataType.INT16, "I16");
    NAMES.put(DataType.UINT16, "U16");
    NAMES.put(DataType.INT32, "I32");
    NAMES.put(DataType.UINT32, "U32");
    NAMES.put(DataType.INT64, "I64");
    NAMES.put(DataType.UINT64, "U64");
    NAMES.put(DataType.BOOL, "BOOL");
  }

  private static final Map<String, DataType> TYPES =
      NAMES.entrySet().stream().collect(Collectors.toMap(Map.Entry::getValue, Map.Entry::getKey));

  private SafetensorsType() {}

  static String name(DataType type) {
    String name = NAMES.get(type);
    if (name == null) {
      throw new IllegalArgumentException("safetensors has no element type " + type);
    }
    return name;
  }

  static @Nullable DataType of(String name) {
    return TYPES.get(name);
  }
}
