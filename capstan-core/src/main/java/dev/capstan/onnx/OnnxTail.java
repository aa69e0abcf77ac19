package dev.capstan.onnx;

import ai.onnx.proto.OnnxMl.FunctionProto;
import ai.onnx.proto.OnnxMl.NodeProto;
import ai.onnx.proto.OnnxMl.TensorProto;
import ai.onnx.proto.OnnxMl.ValueInfoProto;
import dev.capstan.graph.Constant;
import dev.capstan.graph.Graph;
import dev.capstan.graph.Node;
import dev.capstan.graph.Tail;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * A tail as the file has it.
 *
 * @param inputs all inputs of the model, in order
 * @param outputs all outputs of the model, in order
 * @param nodes its nodes, in order
 * @param constants the constants it reads
 * @param foreign initializers of types that no constant has
 * @param functions the model's functions, which its subgraphs may call
 * @param reads the values of the graph that it reads
 * @param reasons one line for each node it begins with
 */
record OnnxTail(
    List<ValueInfoProto> inputs,
    List<ValueInfoProto> outputs,
    List<NodeProto> nodes,
    Map<String, Constant> constants,
    List<TensorProto> foreign,
    List<FunctionProto> functions,
    List<String> reads,
    List<String> reasons)
    implements Tail {
  private static final Set<String> WEIGHTED =
      Set.of("Conv", "ConvTranspose", "Gemm", "MatMul", "LSTM", "GRU");

  /** What keeps or looks for the largest of some scores, and what only asks for their extents. */
  private static final Set<String> CHOOSING =
      Set.of("ArgMax", "TopK", "Softmax", "LogSoftmax", "Hardmax", "ZipMap", "Shape");

  @Override
  public boolean choosesFrom(String value) {
    return nodes.stream()
        .filter(node -> Subgraphs.reads(node).contains(value))
        .allMatch(node -> CHOOSING.contains(node.getOpType()));
  }

  @Override
  public List<String> weighted() {
    return nodes.stream()
        .filter(node -> WEIGHTED.contains(node.getOpType()))
        .filter(node -> node.getInputList().stream().anyMatch(constants::containsKey))
        .map(NodeProto::getName)
        .toList();
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
    List<Node> all = graph.nodes().stream().map(node -> reading(node, renamed)).toList();
    return builder.nodes(all).build();
  }

  private static Node reading(Node node, Map<String, String> renamed) {
    return node.withInputs(
        node.inputs().stream().map(input -> renamed.getOrDefault(input, input)).toList());
  }

  /** All names it uses, which nothing that is added to the model may take. */
  List<String> names() {
    List<String> names = new ArrayList<>();
    inputs.forEach(input -> names.add(input.getName()));
    for (NodeProto node : nodes) {
      names.add(node.getName());
      names.addAll(Subgraphs.reads(node));
      names.addAll(node.getOutputList());
    }
    return names;
  }
}
