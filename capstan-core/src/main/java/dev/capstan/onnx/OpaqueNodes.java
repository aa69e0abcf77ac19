package dev.capstan.onnx;

import ai.onnx.proto.OnnxMl.NodeProto;
import dev.capstan.cost.Cost;
import dev.capstan.graph.Constant;
import dev.capstan.graph.DataType;
import dev.capstan.graph.Graph;
import dev.capstan.graph.Node;
import dev.capstan.graph.Shape;
import dev.capstan.graph.Tail;
import dev.capstan.graph.TensorType;
import dev.capstan.graph.Value;
import dev.capstan.graph.op.Conv;
import dev.capstan.graph.op.ConvTranspose;
import dev.capstan.graph.op.DeformConv;
import dev.capstan.graph.op.Gemm;
import dev.capstan.graph.op.MatMul;
import dev.capstan.graph.op.Opaque;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Nodes of operators that are not known, with layers behind them: held by a graph as they are,
 * where a runtime shows that they treat each image by itself.
 */
final class OpaqueNodes {
  private static final Set<Class<?>> LAYERS =
      Set.of(Conv.class, ConvTranspose.class, DeformConv.class, Gemm.class, MatMul.class);

  private final ConstantRuntime runtime;
  private final Map<String, Opaque> asked = new HashMap<>();
  private final Map<String, Constant> shown = new HashMap<>();
  private @Nullable Set<String> allowed;

  private OpaqueNodes(ConstantRuntime runtime, @Nullable Set<String> allowed) {
    this.runtime = runtime;
    this.allowed = allowed;
  }

  /** Holds none. */
  static OpaqueNodes none() {
    return new OpaqueNodes(ConstantRuntime.NONE, Set.of());
  }

  /** Holds all that the runtime can run. */
  static OpaqueNodes all(ConstantRuntime runtime) {
    return new OpaqueNodes(runtime, null);
  }

  /** What is known where a node stands. */
  interface Scope extends NodeReader.Scope {
    /** Versions of the operator sets. */
    Map<String, Long> opsets();

    /** Types of all values that are given before the node, for any number of images. */
    Map<String, TensorType> openTypes();
  }

  /**
   * The node as a graph holds it.
   *
   * @throws UnsupportedException if it cannot be held
   */
  Node read(NodeProto node, Scope scope) {
    Set<String> names = allowed;
    if (names != null && !names.contains(node.getName())) {
      throw new UnsupportedException("not held");
    }
    Opaque opaque = asked.get(node.getName());
    if (opaque == null) {
      opaque = asked(node, scope);
      asked.put(node.getName(), opaque);
    }
    List<String> outputs = node.getOutputList().subList(0, opaque.gives().size());
    List<String> inputs = opaque.node().inputs();
    return new Node(node.getName(), opaque, inputs, outputs, node.getDocString());
  }

  private Opaque asked(NodeProto node, Scope scope) {
    List<String> outputs = outputs(node, scope);
    if (outputs.isEmpty() || refersToMore(node) || ConstantFolding.isRandom(node)) {
      throw new UnsupportedException("not held");
    }
    List<TensorType> reads = reads(node, scope);
    Map<String, Constant> constants = new HashMap<>();
    Map<String, Constant> whole = new HashMap<>();
    for (String input : node.getInputList()) {
      Constant constant = scope.constant(input);
      if (constant != null) {
        constants.put(input, constant);
      } else if (shown.containsKey(input)) {
        whole.put(input, shown.get(input));
      }
    }
    Trial trial = new Trial(node, scope.opsets(), reads, constants, whole);
    Trial.Shown gives = trial.run(runtime, outputs);
    gives.ofThree().forEach(this::keepWhole);
    return new Opaque(ForeignNodes.read(node), trial.model(outputs), reads, gives.gives());
  }

  private void keepWhole(String output, Constant tensor) {
    if (!tensor.type().isFloating()) {
      shown.put(output, tensor);
    }
  }

  /** Whether a node says more than its inputs do: graphs of its own, attributes of a function. */
  private static boolean refersToMore(NodeProto node) {
    return node.getAttributeList().stream()
        .anyMatch(
            attribute ->
                attribute.hasG()
                    || attribute.getGraphsCount() > 0
                    || !attribute.getRefAttrName().isEmpty());
  }

  private List<TensorType> reads(NodeProto node, Scope scope) {
    Map<String, TensorType> types = scope.openTypes();
    List<TensorType> reads = new ArrayList<>();
    for (String input : node.getInputList()) {
      Constant constant = scope.constant(input);
      TensorType type = constant == null ? types.get(input) : constant.tensorType();
      TensorType read = input.isEmpty() ? new TensorType(DataType.FLOAT32, Shape.of()) : type;
      boolean drawn = constant == null && !shown.containsKey(input);
      if (read == null || (drawn && !read.type().isFloating())) {
        throw new UnsupportedException("not held");
      }
      reads.add(read);
    }
    return reads;
  }

  /** Those up to the last one that something reads. */
  private static List<String> outputs(NodeProto node, Scope scope) {
    List<String> all = node.getOutputList();
    int count = 0;
    for (int i = 0; i < all.size(); i++) {
      count = scope.isUsed(all.get(i)) ? i + 1 : count;
    }
    List<String> outputs = all.subList(0, count);
    return outputs.contains("") ? List.of() : outputs;
  }

  /**
   * From now on holds those of a graph alone that some layer depends on, whose cost can be told,
   * and whose whole numbers stay inside: others are as well carried over behind it.
   *
   * @return whether there are any
   */
  boolean keepUseful(Graph graph) {
    Set<String> needed = new HashSet<>();
    Set<String> useful = new HashSet<>();
    for (Node node : reversed(graph.nodes())) {
      boolean leads = node.outputs().stream().anyMatch(needed::contains);
      if (leads && node.operator() instanceof Opaque) {
        useful.add(node.name());
      }
      if (leads || isLayer(graph, node)) {
        needed.addAll(node.inputs());
      }
    }
    Cost.uncounted(graph).forEach(useful::remove);
    Set<String> given = graph.outputs().stream().map(Value::name).collect(Collectors.toSet());
    given.retainAll(shown.keySet());
    graph.nodes().stream()
        .filter(node -> node.outputs().stream().anyMatch(given::contains))
        .forEach(node -> useful.remove(node.name()));
    allowed = useful;
    return !useful.isEmpty();
  }

  private static List<Node> reversed(List<Node> nodes) {
    List<Node> reversed = new ArrayList<>(nodes);
    Collections.reverse(reversed);
    return reversed;
  }

  /** Whether layers stand in a tail, of which some could be compressed if they stood in a graph. */
  static boolean mayHelp(Tail tail) {
    Set<String> types = LAYERS.stream().map(Class::getSimpleName).collect(Collectors.toSet());
    return tail.nodes().stream()
        .anyMatch(
            node ->
                types.contains(node.type())
                    && node.hasInput(1)
                    && tail.constants().containsKey(node.inputs().get(1)));
  }

  private static boolean isLayer(Graph graph, Node node) {
    return LAYERS.contains(node.operator().getClass())
        && graph.constant(node.inputs().get(1)) != null;
  }
}
