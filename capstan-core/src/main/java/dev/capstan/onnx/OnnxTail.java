package dev.capstan.onnx;

import ai.onnx.proto.OnnxMl.FunctionProto;
import ai.onnx.proto.OnnxMl.NodeProto;
import ai.onnx.proto.OnnxMl.TensorProto;
import ai.onnx.proto.OnnxMl.ValueInfoProto;
import dev.capstan.graph.Constant;
import dev.capstan.graph.ForeignNode;
import dev.capstan.graph.Graph;
import dev.capstan.graph.Node;
import dev.capstan.graph.SeenShapes;
import dev.capstan.graph.Tail;
import dev.capstan.graph.Value;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * A tail as the file has it.
 *
 * @param around what the model has beside nodes and constants
 * @param protos its nodes, in order
 * @param constants the constants it reads
 * @param reads the values of the graph that it reads
 * @param reasons one line for all nodes it begins with that lack the same
 * @param shapes those that a run showed
 */
record OnnxTail(
    Around around,
    List<NodeProto> protos,
    Map<String, Constant> constants,
    List<String> reads,
    List<String> reasons,
    SeenShapes shapes)
    implements Tail {
  /**
   * What a model has beside nodes and constants.
   *
   * @param inputs all inputs of the model, in order
   * @param outputs all outputs of the model, in order
   * @param foreign initializers of types that no constant has
   * @param functions the model's functions, which its subgraphs may call
   */
  record Around(
      List<ValueInfoProto> inputs,
      List<ValueInfoProto> outputs,
      List<TensorProto> foreign,
      List<FunctionProto> functions) {}

  @Override
  public List<String> outputs() {
    return around.outputs().stream().map(ValueInfoProto::getName).toList();
  }

  @Override
  public List<ForeignNode> readers(String value) {
    return protos.stream()
        .filter(node -> Subgraphs.reads(node).contains(value))
        .map(ForeignNodes::read)
        .toList();
  }

  @Override
  public List<ForeignNode> nodes() {
    return protos.stream().map(ForeignNodes::read).toList();
  }

  @Override
  public List<Value> inputs() {
    List<Value> values = new ArrayList<>();
    for (ValueInfoProto input : around.inputs()) {
      try {
        values.add(ValueTypes.read(input));
      } catch (UnsupportedException e) {
        // No graph could hold it: nothing can be given for it either.
        continue;
      }
    }
    return values;
  }

  @Override
  public Tail seen(SeenShapes seen) {
    return new OnnxTail(around, protos, constants, reads, reasons, seen);
  }

  @Override
  public Tail exposed() {
    Map<String, ValueInfoProto> all = new LinkedHashMap<>();
    reads.forEach(value -> all.put(value, unknown(value)));
    protos.forEach(node -> node.getOutputList().forEach(value -> all.put(value, unknown(value))));
    around.outputs().forEach(output -> all.put(output.getName(), output));
    all.remove("");
    around.inputs().forEach(input -> all.remove(input.getName()));
    List<ValueInfoProto> given = List.copyOf(all.values());
    Around open = new Around(around.inputs(), given, around.foreign(), around.functions());
    return new OnnxTail(open, protos, constants, reads, reasons, shapes);
  }

  /** An output whose type ONNX Runtime is to find. */
  private static ValueInfoProto unknown(String value) {
    return ValueInfoProto.newBuilder().setName(value).build();
  }

  /**
   * The graph where no constant of its own, changed, has the name of one that is the tail's too.
   */
  Graph apart(Graph graph) {
    UniqueNames free = new UniqueNames(names());
    graph.constants().keySet().forEach(free::unique);
    Map<String, String> renamed = new HashMap<>();
    Graph.Builder builder = graph.edit();
    constants.forEach(
        (name, constant) -> {
          Constant other = graph.constant(name);
          if (other != null && !other.sameAs(constant)) {
            renamed.put(name, free.numbered(name));
            builder.constant(renamed.get(name), other);
          }
        });
    List<Node> all =
        graph.nodes().stream()
            .map(node -> node.reading(input -> renamed.getOrDefault(input, input)))
            .toList();
    return builder.nodes(all).build();
  }

  /** All names it uses, which nothing that is added to the model may take. */
  List<String> names() {
    List<String> names = new ArrayList<>();
    around.inputs().forEach(input -> names.add(input.getName()));
    for (NodeProto node : protos) {
      names.add(node.getName());
      names.addAll(Subgraphs.reads(node));
      names.addAll(node.getOutputList());
    }
    return names;
  }
}
