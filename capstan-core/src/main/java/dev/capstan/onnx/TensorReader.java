package dev.capstan.onnx;

import ai.onnx.proto.OnnxMl.TensorProto;
import dev.capstan.error.InvalidInputException;
import dev.capstan.graph.Constant;
import dev.capstan.graph.DataType;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.List;

/** Constants from ONNX's tensors: raw bytes stay where they are, typed fields are unpacked. */
final class TensorReader {
  private final ExternalData external;

  TensorReader(ExternalData external) {
    this.external = external;
  }

  /** Size of the files beside the model that tensors were read from. */
  long externalBytes() {
    return external.bytes();
  }

  /**
   * The tensor as a constant.
   *
   * @throws InvalidInputException naming the tensor, if its bytes do not fit its type and shape
   */
  Constant read(TensorProto tensor) {
    try {
      ReadBudget.axes(tensor.getDimsCount());
      DataType type = ElementTypes.fromOnnx(tensor.getDataType());
      long[] sizes = tensor.getDimsList().stream().mapToLong(Long::longValue).toArray();
      for (long size : sizes) {
        if (size < 0) {
          throw new InvalidInputException("has an axis of extent " + size);
        }
      }
      return Constant.view(type, sizes, bytes(tensor, type));
    } catch (UnsupportedException e) {
      throw new UnsupportedException("tensor '" + tensor.getName() + "': " + e.getMessage());
    } catch (InvalidInputException e) {
      throw new InvalidInputException("tensor '" + tensor.getName() + "': " + e.getMessage(), e);
    } catch (ArithmeticException e) {
      throw new InvalidInputException(
          "tensor '%s' of shape %s is too large".formatted(tensor.getName(), tensor.getDimsList()),
          e);
    }
  }

  private ByteBuffer bytes(TensorProto tensor, DataType type) {
    if (ExternalData.holds(tensor)) {
      return external.read(tensor);
    }
    return tensor.hasRawData() ? tensor.getRawData().asReadOnlyByteBuffer() : typed(tensor, type);
  }

  /** The field that ONNX uses for a type; narrow integers and halves lie in int32 fields. */
  private static ByteBuffer typed(TensorProto tensor, DataType type) {
    return switch (type) {
      case FLOAT32 -> floats(tensor);
      case FLOAT64 -> doubles(tensor);
      case INT64 -> integers(tensor.getInt64DataList(), type.bytes());
      case UINT32, UINT64 -> integers(tensor.getUint64DataList(), type.bytes());
      default -> integers(tensor.getInt32DataList(), type.bytes());
    };
  }

  private static ByteBuffer floats(TensorProto tensor) {
    ByteBuffer bytes = allocate(tensor.getFloatDataCount(), 4);
    for (int i = 0; i < tensor.getFloatDataCount(); i++) {
      bytes.putFloat(tensor.getFloatData(i));
    }
    return bytes.flip();
  }

  private static ByteBuffer doubles(TensorProto tensor) {
    ByteBuffer bytes = allocate(tensor.getDoubleDataCount(), 8);
    for (int i = 0; i < tensor.getDoubleDataCount(); i++) {
      bytes.putDouble(tensor.getDoubleData(i));
    }
    return bytes.flip();
  }

  private static ByteBuffer integers(List<? extends Number> values, int width) {
    ByteBuffer bytes = allocate(values.size(), width);
    for (Number value : values) {
      for (int i = 0; i < width; i++) {
        bytes.put((byte) (value.longValue() >> (8 * i)));
      }
    }
    return bytes.flip();
  }

  private static ByteBuffer allocate(int elements, int width) {
    return ByteBuffer.allocate(Math.multiplyExact(elements, width)).order(ByteOrder.LITTLE_ENDIAN);
  }
}
