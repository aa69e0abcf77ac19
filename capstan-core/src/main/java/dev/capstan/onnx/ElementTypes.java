package dev.capstan.onnx;

import ai.onnx.proto.OnnxMl.TensorProto;
import dev.capstan.graph.DataType;
import java.util.EnumMap;
import java.util.Map;
import java.util.Objects;

/** ONNX's numbers for element types. */
final class ElementTypes {
  private static final Map<DataType, TensorProto.DataType> ONNX = new EnumMap<>(DataType.class);

  static {
    // Most go by the same name on both sides.
    for (DataType type : DataType.values()) {
      ONNX.put(
          type,
          switch (type) {
            case FLOAT32 -> TensorProto.DataType.FLOAT;
            case FLOAT64 -> TensorProto.DataType.DOUBLE;
            default -> TensorProto.DataType.valueOf(type.name());
          });
    }
  }

  private ElementTypes() {}

  static int toOnnx(DataType type) {
    return onnx(type).getNumber();
  }

  private static TensorProto.DataType onnx(DataType type) {
    return Objects.requireNonNull(ONNX.get(type));
  }

  static DataType fromOnnx(int number) {
    TensorProto.DataType wanted = TensorProto.DataType.forNumber(number);
    for (DataType type : DataType.values()) {
      if (onnx(type) == wanted) {
        return type;
      }
    }
    throw new UnsupportedException(
        "elements of type %s are not supported"
            .formatted(wanted == null ? "number " + number : wanted));
  }
}
