package dev.capstan.onnx;

import ai.onnx.proto.OnnxMl.GraphProto;
import ai.onnx.proto.OnnxMl.ModelProto;
import ai.onnx.proto.OnnxMl.NodeProto;
import ai.onnx.proto.OnnxMl.TensorProto;
import ai.onnx.proto.OnnxMl.ValueInfoProto;
import dev.capstan.graph.Constant;
import dev.capstan.graph.Graph;
import dev.capstan.graph.InvalidInputException;
import dev.capstan.graph.Metadata;
import dev.capstan.graph.Node;
import dev.capstan.graph.Shape;
import dev.capstan.graph.ShapeInference;
import dev.capstan.graph.TensorType;
import dev.capstan.graph.Value;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Makes a graph of a parsed model. */
final class GraphReader implements NodeReader.Scope {
  private final GraphProto proto;
  private final Metadata metadata;
  private final TensorReader tensors;
  private final NodeNames names;
  private final ShapeArithmetic extents = new ShapeArithmetic(this);
  private final Map<String, Constant> constants = new LinkedHashMap<>();
  private final List<Value> inputs = new ArrayList<>();
  private final List<Node> nodes = new ArrayList<>();
  private final Set<String> used = new HashSet<>();

  private GraphReader(ModelProto model, TensorReader tensors) {
    this.proto = model.getGraph();
    this.metadata = ModelMetadata.read(model);
    ModelMetadata.checkOpset(metadata.opset());
    this.tensors = tensors;
    this.names = new NodeNames(proto.getNodeList());
  }

  /**
   * The model's graph.
   *
   * @throws InvalidInputException if it says what a {@link Graph} cannot hold
   */
  static Graph read(ModelProto model, TensorReader tensors) {
    return new GraphReader(model, tensors).read();
  }

  private Graph read() {
    readConstants();
    readInputs();
    proto.getNodeList().forEach(node -> used.addAll(node.getInputList()));
    proto.getOutputList().forEach(output -> used.add(output.getName()));
    proto.getNodeList().forEach(this::read);
    return graph(outputs());
  }

  private void readConstants() {
    if (proto.getSparseInitializerCount() > 0) {
      throw new InvalidInputException("sparse initializers are not supported");
    }
    for (TensorProto tensor : proto.getInitializerList()) {
      if (constants.put(tensor.getName(), tensors.read(tensor)) != null) {
        throw new InvalidInputException("two initializers are named '" + tensor.getName() + "'");
      }
    }
  }

  /** Up to IR version 3 initializers are inputs too; a value of their own makes them constants. */
  private void readInputs() {
    for (ValueInfoProto input : proto.getInputList()) {
      if (!constants.containsKey(input.getName())) {
        inputs.add(ValueTypes.read(input));
      }
    }
  }

  private void read(NodeProto node) {
    String name = names.of(node);
    try {
      if (!ConstantNodes.read(node, tensors, constants) && !extents.read(node)) {
        nodes.add(NodeParser.read(node, name, this));
      }
    } catch (InvalidInputException | UnsupportedException e) {
      throw new InvalidInputException(
          "node '%s' (%s): %s".formatted(name, node.getOpType(), e.getMessage()), e);
    }
  }

  private Graph graph(List<Value> outputs) {
    Graph.Builder graph = Graph.builder(proto.getName()).inputs(inputs).nodes(nodes);
    constants.forEach(graph::constant);
    return graph.outputs(outputs).metadata(metadata).build();
  }

  private List<Value> outputs() {
    List<Value> outputs = new ArrayList<>();
    for (ValueInfoProto output : proto.getOutputList()) {
      outputs.add(
          ValueTypes.hasShape(output)
              ? ValueTypes.read(output)
              : new Value(output.getName(), type(output.getName()), output.getDocString()));
    }
    return outputs;
  }

  @Override
  public long opset() {
    return metadata.opset();
  }

  @Override
  public boolean isUsed(String value) {
    return used.contains(value);
  }

  @Override
  public @Nullable Constant constant(String value) {
    Constant constant = constants.get(value);
    return constant == null ? extents.constant(value) : constant;
  }

  @Override
  public @Nullable List<Long> target(String value, String input) {
    return extents.target(value, input);
  }

  @Override
  public NodeReader.@Nullable Sizes sizes(String value, String input) {
    return extents.sizes(value, input);
  }

  @Override
  public Shape shape(String value) {
    return type(value).shape();
  }

  /** Infers the whole graph so far anew; few nodes ask. */
  private TensorType type(String value) {
    Constant constant = constant(value);
    if (constant != null) {
      return constant.tensorType();
    }
    TensorType type = ShapeInference.of(graph(List.of())).get(value);
    if (type == null) {
      throw new InvalidInputException("'" + value + "' is given by nothing before it is read");
    }
    return type;
  }
}
