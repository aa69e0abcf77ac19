package dev.capstan.onnx;

import ai.onnx.proto.OnnxMl.GraphProto;
import ai.onnx.proto.OnnxMl.ModelProto;
import ai.onnx.proto.OnnxMl.NodeProto;
import ai.onnx.proto.OnnxMl.OperatorSetIdProto;
import ai.onnx.proto.OnnxMl.ValueInfoProto;
import dev.capstan.graph.Constant;
import java.util.List;
import java.util.Objects;

/** A model of one node and the constants it reads. */
final class OneNodeModel {
  private static final long IR_VERSION = 8;

  private OneNodeModel() {}

  /** The file's bytes; its outputs are those of the node that are wanted. */
  static byte[] of(NodeProto node, List<String> outputs, NodeReader.Scope scope) {
    GraphProto.Builder graph = GraphProto.newBuilder().setName("constant").addNode(node);
    for (String value : Subgraphs.reads(node)) {
      Constant constant = Objects.requireNonNull(scope.constant(value));
      graph.addInitializer(TensorWriter.inline(value, constant));
    }
    outputs.forEach(name -> graph.addOutput(ValueInfoProto.newBuilder().setName(name)));
    return ModelProto.newBuilder()
        .setIrVersion(IR_VERSION)
        .addOpsetImport(OperatorSetIdProto.newBuilder().setVersion(scope.opset()))
        .setGraph(graph)
        .build()
        .toByteArray();
  }
}
