package dev.capstan.ort;

import ai.onnxruntime.NodeInfo;
import ai.onnxruntime.OnnxJavaType;
import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OnnxValue;
import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.TensorInfo;
import ai.onnxruntime.ValueInfo;
import dev.capstan.error.InvalidInputException;
import dev.capstan.graph.Constant;
import dev.capstan.graph.DataType;
import dev.capstan.graph.Dim;
import dev.capstan.graph.Shape;
import dev.capstan.graph.TensorType;
import dev.capstan.graph.Value;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** Tensors and their types, between ONNX Runtime and the graph's words for them. */
final class OrtTensors {
  private static final Map<OnnxJavaType, DataType> TYPES =
      Map.of(
          OnnxJavaType.FLOAT, DataType.FLOAT32,
          OnnxJavaType.DOUBLE, DataType.FLOAT64,
          OnnxJavaType.FLOAT16, DataType.FLOAT16,
          OnnxJavaType.BFLOAT16, DataType.BFLOAT16,
          OnnxJavaType.INT8, DataType.INT8,
          OnnxJavaType.UINT8, DataType.UINT8,
          OnnxJavaType.INT16, DataType.INT16,
          OnnxJavaType.INT32, DataType.INT32,
          OnnxJavaType.INT64, DataType.INT64,
          OnnxJavaType.BOOL, DataType.BOOL);

  private OrtTensors() {}

  /** An input or output of a model. */
  static Value value(NodeInfo info) {
    TensorInfo tensor = tensorInfo(info.getName(), info.getInfo());
    List<Dim> dims = new ArrayList<>();
    for (int axis = 0; axis < tensor.getShape().length; axis++) {
      long size = tensor.getShape()[axis];
      dims.add(size < 0 ? Dim.open(tensor.getDimensionNames()[axis]) : Dim.of(size));
    }
    return new Value(info.getName(), new TensorType(type(info.getName(), tensor), new Shape(dims)));
  }

  private static TensorInfo tensorInfo(String name, ValueInfo info) {
    if (info instanceof TensorInfo tensor) {
      return tensor;
    }
    throw new InvalidInputException("'%s' is no tensor but %s".formatted(name, info));
  }

  private static DataType type(String name, TensorInfo info) {
    DataType type = TYPES.get(info.type);
    if (type == null) {
      throw new InvalidInputException(
          "'%s' has elements of type %s, which is not supported".formatted(name, info.onnxType));
    }
    return type;
  }

  /** A copy in native memory, in the element type that the input asks for. */
  static OnnxTensor toNative(OrtEnvironment environment, Constant tensor, Value input)
      throws OrtException {
    Constant converted = converted(tensor, input.type().type());
    ByteBuffer bytes = converted.bytes();
    ByteBuffer direct =
        ByteBuffer.allocateDirect(bytes.remaining()).order(ByteOrder.nativeOrder()).put(bytes);
    return OnnxTensor.createTensor(
        environment, direct.flip(), converted.sizes(), javaType(converted.type()));
  }

  private static Constant converted(Constant tensor, DataType wanted) {
    if (tensor.type() == wanted || !tensor.type().isFloating()) {
      return tensor;
    }
    if (!wanted.isFloating()) {
      return WholeNumbers.of(tensor, wanted);
    }
    Constant empty = Constant.view(wanted, new long[] {0}, ByteBuffer.allocate(0));
    return empty.withFloats(tensor.floats(), tensor.sizes());
  }

  private static OnnxJavaType javaType(DataType type) {
    return TYPES.entrySet().stream()
        .filter(entry -> entry.getValue() == type)
        .map(Map.Entry::getKey)
        .findFirst()
        .orElseThrow(() -> new InvalidInputException("ONNX Runtime takes no " + type + " here"));
  }

  /** A copy of a result. */
  static Constant fromNative(String name, OnnxValue value) throws OrtException {
    TensorInfo info = tensorInfo(name, value.getInfo());
    ByteBuffer bytes = ((OnnxTensor) value).getByteBuffer();
    return Constant.view(type(name, info), info.getShape(), bytes);
  }
}
