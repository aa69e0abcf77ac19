package dev.capstan.onnx;

import ai.onnx.proto.OnnxMl.AttributeProto;
import ai.onnx.proto.OnnxMl.AttributeProto.AttributeType;
import ai.onnx.proto.OnnxMl.NodeProto;
import com.google.protobuf.ByteString;
import dev.capstan.error.InvalidInputException;
import dev.capstan.graph.Constant;
import dev.capstan.graph.ConstantWriter;
import dev.capstan.graph.Node;
import dev.capstan.graph.TensorType;
import java.util.ArrayList;
import java.util.List;

/** A node that is being written: where its codec puts what the operator holds. */
final class NodeWriter {
  private final NodeProto.Builder proto = NodeProto.newBuilder();
  private final List<String> inputs;
  private List<String> unread = List.of();
  private final Node node;
  private final Scope scope;
  private final NodesBefore before;
  private String type;

  /** What is known where a node stands. */
  interface Scope {
    /** Version of the operator set. */
    long opset();

    /** Type of a value. */
    TensorType type(String value);

    /** Adds a constant under a free name like this one. */
    String add(String name, Constant constant);

    /** A free name like this one, for a value or a node. */
    String name(String name);
  }

  NodeWriter(Node node, Scope scope) {
    this.node = node;
    this.scope = scope;
    this.type = node.operator().type();
    this.before = new NodesBefore(node.name(), scope);
    this.inputs = new ArrayList<>(node.inputs());
  }

  long opset() {
    return scope.opset();
  }

  /** Writes the operator under another name. */
  void type(String other) {
    type = other;
  }

  /** Writes a node as a file had it, outputs that nothing reads included: some must be there. */
  void foreign(NodeProto other) {
    type = other.getOpType();
    int read = node.outputs().size();
    unread = other.getOutputList().subList(read, other.getOutputCount());
    proto.setDomain(other.getDomain()).addAllAttribute(other.getAttributeList());
  }

  /** Name of an input. */
  String input(int index) {
    return node.inputs().get(index);
  }

  /** Type of an input. */
  TensorType inputType(int index) {
    return scope.type(node.inputs().get(index));
  }

  void integer(String name, long value) {
    proto.addAttribute(attribute(name, AttributeType.INT).setI(value));
  }

  void flag(String name, boolean value) {
    integer(name, value ? 1 : 0);
  }

  void number(String name, float value) {
    proto.addAttribute(attribute(name, AttributeType.FLOAT).setF(value));
  }

  void text(String name, String value) {
    proto.addAttribute(attribute(name, AttributeType.STRING).setS(ByteString.copyFromUtf8(value)));
  }

  void numbers(String name, List<Float> values) {
    proto.addAttribute(attribute(name, AttributeType.FLOATS).addAllFloats(values));
  }

  void integers(String name, List<? extends Number> values) {
    proto.addAttribute(
        attribute(name, AttributeType.INTS)
            .addAllInts(values.stream().map(Number::longValue).toList()));
  }

  private static AttributeProto.Builder attribute(String name, AttributeType type) {
    return AttributeProto.newBuilder().setName(name).setType(type);
  }

  /** The next input is a list of int64. */
  void input(String role, List<? extends Number> values) {
    long[] elements = values.stream().mapToLong(Number::longValue).toArray();
    input(role, Constant.of(elements, elements.length));
  }

  /** Integers that are an attribute below some opset and the next input from there on. */
  void integers(String name, long firstWithInput, List<? extends Number> values) {
    if (opset() < firstWithInput) {
      integers(name, values);
    } else {
      input(name, values);
    }
  }

  /** The next input is a number of the first input's element type. */
  void input(String role, float value) {
    ConstantWriter number = new ConstantWriter(scope.type(inputs.get(0)).type());
    number.put(0, (double) value);
    input(role, number.constant());
  }

  /** The next input is one int64 without axes. */
  void inputIndex(String role, long value) {
    input(role, Constant.of(new long[] {value}));
  }

  /** The next input is a list of float32. */
  void inputFloats(String role, List<Float> values) {
    float[] elements = new float[values.size()];
    for (int i = 0; i < elements.length; i++) {
      elements[i] = values.get(i);
    }
    input(role, Constant.of(elements, elements.length));
  }

  /** The next input is a value that another node gives. */
  void inputValue(String value) {
    inputs.add(value);
  }

  /** The node reads these values, and not its own inputs. */
  void inputValues(String... values) {
    inputs.clear();
    inputs.addAll(List.of(values));
  }

  /** The node's input 1, which ONNX does not read, is left out. */
  void dropSecondInput() {
    inputs.remove(1);
  }

  /** Nodes to be written before this one. */
  NodesBefore before() {
    return before;
  }

  private void input(String role, Constant constant) {
    inputs.add(scope.add(node.name() + "_" + role, constant));
  }

  /** The next input is left out. */
  void omit() {
    inputs.add("");
  }

  /** Opsets below 11 do not know axes that count from the end. */
  int axis(int axis) {
    return axis < 0 && opset() < 11 ? scope.type(inputs.get(0)).shape().axis(axis) : axis;
  }

  /** The same axis counted from the end: -1 is the last. */
  int fromEnd(int axis) {
    return axis < 0 ? axis : axis - scope.type(inputs.get(0)).shape().rank();
  }

  /** Fails if the opset is below the one that the operator came with. */
  void needsOperator() {
    needs(OperatorCodecs.firstOpset(type), type);
  }

  /** Fails if the opset is below the first that can say something. */
  void needs(long first, String what) {
    if (opset() < first) {
      throw new InvalidInputException(
          "%s needs opset %d, the model has %d: export it with opset %d or later"
              .formatted(what, first, opset(), first));
    }
  }

  /** The node, after those it needs. */
  List<NodeProto> build() {
    while (!inputs.isEmpty() && inputs.get(inputs.size() - 1).isEmpty()) {
      inputs.remove(inputs.size() - 1);
    }
    if (!node.doc().isEmpty()) {
      proto.setDocString(node.doc());
    }
    proto.setName(node.name()).setOpType(type);
    proto.addAllInput(inputs).addAllOutput(node.outputs()).addAllOutput(unread);
    List<NodeProto> all = new ArrayList<>(before.nodes());
    all.add(proto.build());
    return all;
  }
}
