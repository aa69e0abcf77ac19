package dev.capstan.onnx;

import ai.onnx.proto.OnnxMl.GraphProto;
import ai.onnx.proto.OnnxMl.ModelProto;
import ai.onnx.proto.OnnxMl.NodeProto;
import ai.onnx.proto.OnnxMl.OperatorSetIdProto;
import ai.onnx.proto.OnnxMl.ValueInfoProto;
import dev.capstan.graph.Constant;
import dev.capstan.graph.ForeignModel;
import dev.capstan.graph.Value;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * A model of one node.
 *
 * @param node the node
 * @param model the model
 */
record OneNodeModel(NodeProto node, ModelProto model) implements ForeignModel {
  private static final long IR_VERSION = 8;

  /**
   * A model.
   *
   * @param constants what the node reads of these is part of the model
   * @param inputs what a run gives
   * @param outputs those of the node that are wanted
   */
  static OneNodeModel of(
      NodeProto node,
      Map<String, Long> opsets,
      Map<String, Constant> constants,
      List<Value> inputs,
      List<String> outputs) {
    GraphProto.Builder graph = GraphProto.newBuilder().setName("node").addNode(node);
    for (String value : Subgraphs.reads(node)) {
      Constant constant = constants.get(value);
      if (constant != null) {
        graph.addInitializer(TensorWriter.inline(value, constant));
      }
    }
    inputs.forEach(input -> graph.addInput(ValueTypes.write(input)));
    outputs.forEach(name -> graph.addOutput(ValueInfoProto.newBuilder().setName(name)));
    ModelProto.Builder model = ModelProto.newBuilder().setIrVersion(IR_VERSION).setGraph(graph);
    opsets.forEach((domain, version) -> model.addOpsetImport(imported(domain, version)));
    return new OneNodeModel(node, model.build());
  }

  /** Of a node that reads constants alone. */
  static OneNodeModel of(
      NodeProto node, long opset, Map<String, Constant> constants, List<String> outputs) {
    return of(node, Map.of("", opset), constants, List.of(), outputs);
  }

  private static OperatorSetIdProto imported(String domain, long version) {
    return OperatorSetIdProto.newBuilder().setDomain(domain).setVersion(version).build();
  }

  @Override
  public byte[] bytes() {
    return model.toByteArray();
  }

  @Override
  public Set<String> inputs() {
    return model.getGraph().getInputList().stream()
        .map(ValueInfoProto::getName)
        .collect(Collectors.toUnmodifiableSet());
  }
}
