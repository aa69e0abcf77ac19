package dev.capstan.onnx;

import ai.onnx.proto.OnnxMl.GraphProto;
import ai.onnx.proto.OnnxMl.ModelProto;
import ai.onnx.proto.OnnxMl.NodeProto;
import dev.capstan.graph.Constant;
import dev.capstan.graph.Graph;
import dev.capstan.graph.InvalidInputException;
import dev.capstan.graph.Node;
import dev.capstan.graph.ShapeInference;
import dev.capstan.graph.TensorType;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Makes a model of a graph, in the form its opset wants. */
final class GraphWriter implements NodeWriter.Scope {
  private final Graph graph;
  private final Map<String, TensorType> types;
  private final UniqueNames names;
  private final Map<String, Constant> constants;

  private GraphWriter(Graph graph) {
    this.graph = graph;
    this.types = ShapeInference.of(graph);
    this.names = new UniqueNames(types.keySet());
    this.constants = new LinkedHashMap<>(graph.constants());
  }

  /** The model; its tensors are views of the graph's constants, or lie where the sink puts them. */
  static ModelProto write(Graph graph, TensorWriter tensors) {
    return new GraphWriter(graph).model(tensors);
  }

  private ModelProto model(TensorWriter tensors) {
    ModelMetadata.checkOpset(opset());
    List<NodeProto> nodes = new ArrayList<>();
    graph.nodes().forEach(node -> nodes.addAll(write(node)));
    GraphProto.Builder proto = GraphProto.newBuilder().setName(graph.name()).addAllNode(nodes);
    graph.inputs().forEach(value -> proto.addInput(ValueTypes.write(value)));
    graph.outputs().forEach(value -> proto.addOutput(ValueTypes.write(value)));
    constants.forEach((name, constant) -> proto.addInitializer(tensors.write(name, constant)));
    return ModelMetadata.write(graph.metadata()).setGraph(proto).build();
  }

  private List<NodeProto> write(Node node) {
    NodeWriter writer = new NodeWriter(node, this);
    try {
      OperatorCodecs.of(node.operator()).write(node.operator(), writer);
    } catch (InvalidInputException e) {
      throw new InvalidInputException(
          "node '%s' (%s): %s".formatted(node.name(), node.operator().type(), e.getMessage()), e);
    }
    return writer.build();
  }

  @Override
  public long opset() {
    return graph.metadata().opset();
  }

  @Override
  public TensorType type(String value) {
    TensorType type = types.get(value);
    if (type == null) {
      throw new IllegalArgumentException("no value is named '" + value + "'");
    }
    return type;
  }

  @Override
  public String name(String name) {
    return names.unique(name);
  }

  @Override
  public String add(String name, Constant constant) {
    String free = names.unique(name);
    constants.put(free, constant);
    return free;
  }
}
