package dev.capstan.onnx;

import ai.onnx.proto.OnnxMl.TensorProto;
import com.google.protobuf.UnsafeByteOperations;
import dev.capstan.graph.Constant;
import java.util.Arrays;

/** ONNX's tensors from constants. */
interface TensorWriter {
  /** The tensor of a constant. */
  TensorProto write(String name, Constant constant);

  /** Puts the bytes into the model, without copying them. */
  static TensorProto inline(String name, Constant constant) {
    return header(name, constant)
        .setRawData(UnsafeByteOperations.unsafeWrap(constant.bytes()))
        .build();
  }

  /** A tensor without its bytes. */
  static TensorProto.Builder header(String name, Constant constant) {
    return TensorProto.newBuilder()
        .setName(name)
        .setDataType(ElementTypes.toOnnx(constant.type()))
        .addAllDims(Arrays.stream(constant.sizes()).boxed().toList());
  }
}
