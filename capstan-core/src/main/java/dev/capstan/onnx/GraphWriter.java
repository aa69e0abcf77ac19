package dev.capstan.onnx;

import ai.onnx.proto.OnnxMl.GraphProto;
import ai.onnx.proto.OnnxMl.ModelProto;
import ai.onnx.proto.OnnxMl.NodeProto;
import ai.onnx.proto.OnnxMl.ValueInfoProto;
import dev.capstan.error.InvalidInputException;
import dev.capstan.graph.Constant;
import dev.capstan.graph.Graph;
import dev.capstan.graph.Node;
import dev.capstan.graph.ShapeInference;
import dev.capstan.graph.TensorType;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Makes a model of a graph, in the form its opset wants. */
final class GraphWriter implements NodeWriter.Scope {
  private final @Nullable OnnxTail tail;
  private final Graph graph;
  private final Map<String, TensorType> types;
  private final UniqueNames names;
  private final Map<String, Constant> constants;

  private GraphWriter(Graph whole) {
    this.tail = (OnnxTail) whole.tail().orElse(null);
    this.graph = tail == null ? whole : tail.apart(whole);
    this.types = ShapeInference.of(graph);
    Set<String> taken = new HashSet<>(types.keySet());
    this.constants = new LinkedHashMap<>(graph.constants());
    if (tail != null) {
      taken.addAll(tail.names());
      constants.putAll(tail.constants());
    }
    this.names = new UniqueNames(taken);
  }

  /** The model; its tensors are views of the graph's constants, or lie where the sink puts them. */
  static ModelProto write(Graph graph, TensorWriter tensors) {
    return new GraphWriter(graph).model(tensors);
  }

  private ModelProto model(TensorWriter tensors) {
    ModelMetadata.checkOpset(opset());
    List<NodeProto> nodes = new ArrayList<>();
    graph.nodes().forEach(node -> nodes.addAll(write(node)));
    ModelProto.Builder model = ModelMetadata.write(graph.metadata());
    GraphProto.Builder proto = model.getGraphBuilder().setName(graph.name()).addAllNode(nodes);
    List<ValueInfoProto> inputs = graph.inputs().stream().map(ValueTypes::write).toList();
    List<ValueInfoProto> outputs = graph.outputs().stream().map(ValueTypes::write).toList();
    if (tail == null) {
      proto.addAllInput(inputs).addAllOutput(outputs);
    } else {
      OnnxTail.Around around = tail.around();
      proto.addAllInput(replaced(around.inputs(), inputs));
      proto.addAllOutput(replaced(around.outputs(), outputs));
      proto.addAllNode(tail.protos()).addAllInitializer(around.foreign());
      model.addAllFunctions(around.functions());
    }
    constants.forEach((name, constant) -> proto.addInitializer(tensors.write(name, constant)));
    return model.build();
  }

  /** The model's own values, those that the graph has too as they are there. */
  private static List<ValueInfoProto> replaced(
      List<ValueInfoProto> all, List<ValueInfoProto> known) {
    Map<String, ValueInfoProto> byName = new HashMap<>();
    known.forEach(value -> byName.put(value.getName(), value));
    return all.stream().map(value -> byName.getOrDefault(value.getName(), value)).toList();
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
