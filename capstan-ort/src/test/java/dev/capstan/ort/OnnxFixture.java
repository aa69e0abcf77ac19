package dev.capstan.ort;

import ai.onnx.proto.OnnxMl.AttributeProto;
import ai.onnx.proto.OnnxMl.GraphProto;
import ai.onnx.proto.OnnxMl.ModelProto;
import ai.onnx.proto.OnnxMl.NodeProto;
import ai.onnx.proto.OnnxMl.OperatorSetIdProto;
import ai.onnx.proto.OnnxMl.TensorProto;
import ai.onnx.proto.OnnxMl.TensorShapeProto;
import ai.onnx.proto.OnnxMl.TypeProto;
import ai.onnx.proto.OnnxMl.ValueInfoProto;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** Model files of one node, {@code x} to {@code y}. */
final class OnnxFixture {
  private OnnxFixture() {}

  /** An operator without attributes over a tensor of any batch, 4 wide. */
  static Path unary(Path folder, String operator, TensorProto.DataType type) {
    NodeProto node =
        NodeProto.newBuilder().setOpType(operator).addInput("x").addOutput("y").build();
    return write(folder.resolve(operator + ".onnx"), graph(node, value("x", type), type));
  }

  /** A float32 tensor of any batch, 4 wide, to another type. */
  static Path cast(Path folder, TensorProto.DataType to) {
    NodeProto node =
        NodeProto.newBuilder()
            .setOpType("Cast")
            .addInput("x")
            .addOutput("y")
            .addAttribute(
                AttributeProto.newBuilder()
                    .setName("to")
                    .setType(AttributeProto.AttributeType.INT)
                    .setI(to.getNumber()))
            .build();
    ValueInfoProto x = value("x", TensorProto.DataType.FLOAT);
    return write(folder.resolve("cast.onnx"), graph(node, x, to));
  }

  private static GraphProto graph(NodeProto node, ValueInfoProto x, TensorProto.DataType type) {
    return GraphProto.newBuilder()
        .setName("fixture")
        .addNode(node)
        .addInput(x)
        .addOutput(value("y", type))
        .build();
  }

  private static ValueInfoProto value(String name, TensorProto.DataType type) {
    TensorShapeProto shape =
        TensorShapeProto.newBuilder()
            .addDim(TensorShapeProto.Dimension.newBuilder().setDimParam("N"))
            .addDim(TensorShapeProto.Dimension.newBuilder().setDimValue(4))
            .build();
    return ValueInfoProto.newBuilder()
        .setName(name)
        .setType(
            TypeProto.newBuilder()
                .setTensorType(
                    TypeProto.Tensor.newBuilder().setElemType(type.getNumber()).setShape(shape)))
        .build();
  }

  private static Path write(Path file, GraphProto graph) {
    ModelProto model =
        ModelProto.newBuilder()
            .setIrVersion(8)
            .addOpsetImport(OperatorSetIdProto.newBuilder().setVersion(17))
            .setGraph(graph)
            .build();
    try {
      return Files.write(file, model.toByteArray());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
