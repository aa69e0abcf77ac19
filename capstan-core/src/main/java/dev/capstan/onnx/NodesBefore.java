package dev.capstan.onnx;

import ai.onnx.proto.OnnxMl.AttributeProto;
import ai.onnx.proto.OnnxMl.AttributeProto.AttributeType;
import ai.onnx.proto.OnnxMl.NodeProto;
import dev.capstan.graph.Constant;
import java.util.ArrayList;
import java.util.List;

/** Nodes before the one that is being written, which it needs. */
final class NodesBefore {
  private final String prefix;
  private final NodeWriter.Scope scope;
  private final List<NodeProto> nodes = new ArrayList<>();

  /** Nodes whose names begin with that of the one they serve. */
  NodesBefore(String prefix, NodeWriter.Scope scope) {
    this.prefix = prefix;
    this.scope = scope;
  }

  /** The extents of a tensor. */
  String shape(String tensor) {
    return add(node("Shape", "shape", tensor));
  }

  /**
   * The extents of a tensor along the axes {@code from} to {@code to} (exclusive), from opset 10
   * on.
   */
  String part(String tensor, long from, long to) {
    String all = shape(tensor);
    return add(node("Slice", "part", all, numbers(List.of(from)), numbers(List.of(to))));
  }

  /** A list of these numbers. */
  String numbers(List<Long> values) {
    long[] elements = values.stream().mapToLong(Long::longValue).toArray();
    return scope.add(prefix + "_extents", Constant.of(elements, elements.length));
  }

  /** A tensor's elements in another shape. */
  String reshape(String tensor, List<Long> target) {
    return add(node("Reshape", "parts", tensor, numbers(target)));
  }

  /** Each run of axis 1 normalized by itself. */
  String instanceNormalization(float epsilon, String x, String scale, String shift) {
    AttributeProto.Builder added =
        AttributeProto.newBuilder().setName("epsilon").setType(AttributeType.FLOAT).setF(epsilon);
    return add(node("InstanceNormalization", "norm", x, scale, shift).addAttribute(added));
  }

  /** One list after the other. */
  String concat(String first, String second) {
    AttributeProto.Builder axis =
        AttributeProto.newBuilder().setName("axis").setType(AttributeType.INT).setI(0);
    return add(node("Concat", "sizes", first, second).addAttribute(axis));
  }

  private NodeProto.Builder node(String type, String role, String... inputs) {
    String output = scope.name(prefix + "_" + role);
    return NodeProto.newBuilder()
        .setName(output)
        .setOpType(type)
        .addAllInput(List.of(inputs))
        .addOutput(output);
  }

  private String add(NodeProto.Builder node) {
    nodes.add(node.build());
    return node.getOutput(0);
  }

  /** The nodes, in order. */
  List<NodeProto> nodes() {
    return nodes;
  }
}
