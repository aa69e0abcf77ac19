package dev.capstan.onnx;

import ai.onnx.proto.OnnxMl.TensorProto;
import dev.capstan.graph.Constant;
import dev.capstan.graph.DataType;
import dev.capstan.graph.InvalidInputException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/** Constants from ONNX's tensors: raw bytes stay where they are, typed fields are unpacked. */
final class TensorReader {
  private final ExternalData external;

  TensorReader(ExternalData external) {
    this.external = external;
  }

  /**
   * The tensor as a constant.
   *
   * @throws InvalidInputException naming the tensor, if its bytes do not fit its type and shape
   */
  Constant read(TensorProto tensor) {
    try {
      DataType type = ElementTypes.fromOnnx(tensor.getDataType());
      long[] sizes = tensor.getDimsList().stream().mapToLong(Long::longValue).toArray();
      for (long size : sizes) {
        if (size < 0) {
          throw new InvalidInputException("has an axis of extent " + size);
        }
      }
      return Constant.view(type, sizes, bytes(tensor, type));
    } catch (InvalidInputException e) {
      throw new InvalidInputException("tensor '" + tensor.getName() + "': " + e.getMessage(), e);
    } catch (ArithmeticException e) {
      throw new InvalidInputException(
          "tensor '%s' of shape %s is too large".formatted(tensor.getName(), tensor.getDimsList()),
          e);
    }
  }

  private ByteBuffer bytes(TensorProto tensor, DataType type) {
    if (tensor.getDataLocation() == TensorProto.DataLocation.EXTERNAL) {
      return external.read(tensor);
    }
    return tensor.hasRawData()
        ? tensor.getRawData().asReadOnlyByteBuffer()
        : typed(tensor, type).flip();
  }

  /** The field that ONNX uses for a type; narrow integers and halves lie in int32 fields. */
  private static ByteBuffer typed(TensorProto tensor, DataType type) {
    switch (type) {
      case FLOAT32 -> {
        ByteBuffer bytes = allocate(tensor.getFloatDataCount(), 4);
        tensor.getFloatDataList().forEach(bytes::putFloat);
        return bytes;
      }
      case FLOAT64 -> {
        ByteBuffer bytes = allocate(tensor.getDoubleDataCount(), 8);
        tensor.getDoubleDataList().forEach(bytes::putDouble);
        return bytes;
      }
      case INT64 -> {
        ByteBuffer bytes = allocate(tensor.getInt64DataCount(), 8);
        tensor.getInt64DataList().forEach(bytes::putLong);
        return bytes;
      }
      case UINT32, UINT64 -> {
        ByteBuffer bytes = allocate(tensor.getUint64DataCount(), type.bytes());
        tensor.getUint64DataList().forEach(value -> putInteger(bytes, value, type.bytes()));
        return bytes;
      }
      default -> {
        ByteBuffer bytes = allocate(tensor.getInt32DataCount(), type.bytes());
        tensor.getInt32DataList().forEach(value -> putInteger(bytes, value, type.bytes()));
        return bytes;
      }
    }
  }

  private static ByteBuffer allocate(int elements, int width) {
    return ByteBuffer.allocate(Math.multiplyExact(elements, width)).order(ByteOrder.LITTLE_ENDIAN);
  }

  private static void putInteger(ByteBuffer bytes, long value, int width) {
    for (int i = 0; i < width; i++) {
      bytes.put((byte) (value >> (8 * i)));
    }
  }
}
