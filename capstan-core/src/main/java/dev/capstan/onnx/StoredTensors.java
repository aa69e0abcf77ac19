package dev.capstan.onnx;

import ai.onnx.proto.OnnxMl.AttributeProto;
import ai.onnx.proto.OnnxMl.GraphProto;
import ai.onnx.proto.OnnxMl.ModelProto;
import ai.onnx.proto.OnnxMl.NodeProto;
import ai.onnx.proto.OnnxMl.SparseTensorProto;
import ai.onnx.proto.OnnxMl.TensorProto;
import java.util.List;
import java.util.function.Consumer;

/** All tensors that stand in a model: in its graph, in graphs within nodes, in its functions. */
record StoredTensors(Consumer<TensorProto> receiver) {
  /** Hands on each tensor of a model. */
  static void of(ModelProto model, Consumer<TensorProto> receiver) {
    StoredTensors walk = new StoredTensors(receiver);
    walk.graph(model.getGraph());
    model.getFunctionsList().forEach(function -> walk.nodes(function.getNodeList()));
    model
        .getFunctionsList()
        .forEach(function -> function.getAttributeProtoList().forEach(walk::attribute));
  }

  private void graph(GraphProto graph) {
    graph.getInitializerList().forEach(receiver);
    graph.getSparseInitializerList().forEach(this::sparse);
    nodes(graph.getNodeList());
  }

  private void nodes(List<NodeProto> nodes) {
    nodes.forEach(node -> node.getAttributeList().forEach(this::attribute));
  }

  private void attribute(AttributeProto attribute) {
    if (attribute.hasT()) {
      receiver.accept(attribute.getT());
    }
    attribute.getTensorsList().forEach(receiver);
    if (attribute.hasSparseTensor()) {
      sparse(attribute.getSparseTensor());
    }
    attribute.getSparseTensorsList().forEach(this::sparse);
    if (attribute.hasG()) {
      graph(attribute.getG());
    }
    attribute.getGraphsList().forEach(this::graph);
  }

  private void sparse(SparseTensorProto tensor) {
    receiver.accept(tensor.getValues());
    receiver.accept(tensor.getIndices());
  }
}
