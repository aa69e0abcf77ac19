package dev.capstan.onnx;

import ai.onnx.proto.OnnxMl.AttributeProto;
import ai.onnx.proto.OnnxMl.GraphProto;
import ai.onnx.proto.OnnxMl.NodeProto;
import ai.onnx.proto.OnnxMl.ValueInfoProto;
import dev.capstan.error.InvalidInputException;
import dev.capstan.graph.Constant;
import dev.capstan.graph.ConstantWriter;
import dev.capstan.graph.DataType;
import dev.capstan.onnx.InnerNodes.Inner;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What stands in place of a Loop whose rounds can be counted before a run: its body as often as it
 * is run through. All rounds read the same constants, so layers in it share their kernels.
 */
final class Loops {
  /** Nodes in all rounds: what takes more is a program, not a network. */
  private static final int MOST_NODES = 4096;

  /** Inputs before the values that go from round to round: the most rounds, the condition. */
  private static final int BEFORE = 2;

  private final InnerNodes inner;
  private final ConstantFolding folding;

  /**
   * Loops.
   *
   * @param inner copies what is in them
   * @param folding computes their conditions
   */
  Loops(InnerNodes inner, ConstantFolding folding) {
    this.inner = inner;
    this.folding = folding;
  }

  /**
   * The rounds of a node.
   *
   * @return null if the node is no loop, or its rounds are too many or cannot be told before a run
   * @throws InvalidInputException if the body does not fit the node
   */
  @Nullable Inner unrolled(NodeProto node, NodeReader.Scope scope) {
    if (!node.getOpType().equals("Loop") || !NodeParser.isStandard(node.getDomain())) {
      return null;
    }
    GraphProto body = body(node);
    // What is gathered over the rounds, and constants of kinds that nothing here reads, stay.
    if (body.getOutputCount() > body.getInputCount() - 1 || body.getSparseInitializerCount() > 0) {
      return null;
    }
    try {
      int rounds = rounds(node, body, scope);
      return rounds < 0 ? null : unrolled(node, body, rounds, scope);
    } catch (UnsupportedException e) {
      return null;
    }
  }

  private static GraphProto body(NodeProto node) {
    GraphProto body =
        node.getAttributeList().stream()
            .filter(attribute -> attribute.getName().equals("body") && attribute.hasG())
            .map(AttributeProto::getG)
            .findFirst()
            .orElseThrow(() -> new InvalidInputException("has no body"));
    int carried = node.getInputCount() - BEFORE;
    if (carried < 0
        || body.getInputCount() != node.getInputCount()
        || body.getOutputCount() != node.getOutputCount() + 1
        || body.getOutputCount() < carried + 1) {
      throw new InvalidInputException(
          "expected a body of %d inputs and %d outputs, found %d and %d"
              .formatted(
                  node.getInputCount(),
                  node.getOutputCount() + 1,
                  body.getInputCount(),
                  body.getOutputCount()));
    }
    return body;
  }

  /** How often the body is run through, -1 if that is not known. */
  private int rounds(NodeProto node, GraphProto body, NodeReader.Scope scope) {
    Long most = node.getInput(0).isEmpty() ? (Long) Long.MAX_VALUE : whole(scope, node.getInput(0));
    Long goes = node.getInput(1).isEmpty() ? (Long) 1L : whole(scope, node.getInput(1));
    if (most == null || goes == null) {
      return -1;
    }
    List<NodeProto> counting = counting(body);
    Map<String, Constant> known = new HashMap<>();
    for (int i = BEFORE; i < node.getInputCount(); i++) {
      keep(known, body.getInput(i).getName(), scope.constant(node.getInput(i)));
    }
    long limit = Math.min(most, MOST_NODES / Math.max(1, body.getNodeCount()));
    int rounds = 0;
    for (; goes != 0 && rounds < limit; rounds++) {
      known.put(body.getInput(0).getName(), number(DataType.INT64, rounds));
      known.put(body.getInput(1).getName(), number(DataType.BOOL, 1));
      SubstitutedScope inside = inside(counting, body, known, scope);
      goes = whole(inside, body.getOutput(0).getName());
      if (goes == null) {
        return -1;
      }
      known = carried(body, inside);
    }
    return goes != 0 && rounds < most ? -1 : rounds;
  }

  private static @Nullable Long whole(NodeReader.Scope scope, String value) {
    Constant constant = scope.constant(value);
    return constant == null || constant.elements() != 1 ? null : (Long) constant.whole(0);
  }

  private static void keep(Map<String, Constant> known, String value, @Nullable Constant constant) {
    if (constant != null) {
      known.put(value, constant);
    }
  }

  private static Constant number(DataType type, long value) {
    ConstantWriter number = new ConstantWriter(type);
    number.put(0, value);
    return number.constant();
  }

  /** Nodes of a body that the condition of the next round hangs on, be it over many rounds. */
  private static List<NodeProto> counting(GraphProto body) {
    Set<String> needed = new HashSet<>(Set.of(body.getOutput(0).getName()));
    for (int before = 0; before < needed.size(); ) {
      before = needed.size();
      for (int i = body.getNodeCount() - 1; i >= 0; i--) {
        if (body.getNode(i).getOutputList().stream().anyMatch(needed::contains)) {
          needed.addAll(Subgraphs.reads(body.getNode(i)));
        }
      }
      for (int i = BEFORE; i < body.getInputCount(); i++) {
        if (needed.contains(body.getInput(i).getName())) {
          needed.add(body.getOutput(i - 1).getName());
        }
      }
    }
    return body.getNodeList().stream()
        .filter(inner -> inner.getOutputList().stream().anyMatch(needed::contains))
        .toList();
  }

  /** What is known inside of a round. */
  private SubstitutedScope inside(
      List<NodeProto> nodes, GraphProto body, Map<String, Constant> known, NodeReader.Scope scope) {
    Map<String, Constant> all = new HashMap<>(known);
    body.getInitializerList().forEach(t -> all.put(t.getName(), scope.constant(t)));
    SubstitutedScope inside = new SubstitutedScope(scope, all);
    nodes.forEach(node -> all.putAll(folding.fold(node, inside)));
    return inside;
  }

  private static Map<String, Constant> carried(GraphProto body, NodeReader.Scope inside) {
    Map<String, Constant> carried = new HashMap<>();
    for (int i = BEFORE; i < body.getInputCount(); i++) {
      Constant constant = inside.constant(body.getOutput(i - 1).getName());
      keep(carried, body.getInput(i).getName(), constant);
    }
    return carried;
  }

  private Inner unrolled(NodeProto node, GraphProto body, int rounds, NodeReader.Scope scope) {
    Map<String, String> shared = new HashMap<>();
    Inner all = inner.copies(part(body, true), shared, node.getName() + "/", scope);
    List<NodeProto> nodes = new ArrayList<>(all.nodes());
    Map<String, Constant> constants = new LinkedHashMap<>(all.constants());
    List<String> values = node.getInputList().subList(BEFORE, node.getInputCount());
    for (int round = 0; round < rounds; round++) {
      String prefix = node.getName() + "/" + round + "/";
      List<String> reads = new ArrayList<>();
      reads.add(added(prefix + "round", number(DataType.INT64, round), constants));
      reads.add(added(prefix + "goes", number(DataType.BOOL, 1), constants));
      reads.addAll(values);
      Map<String, String> outside = new HashMap<>(shared);
      for (int i = 0; i < reads.size(); i++) {
        outside.put(body.getInput(i).getName(), reads.get(i));
      }
      nodes.addAll(inner.copies(part(body, false), outside, prefix, scope).nodes());
      values = body.getOutputList().stream().skip(1).map(v -> outside(v, outside)).toList();
    }
    for (int i = 0; i < values.size(); i++) {
      nodes.add(InnerNodes.identity(values.get(i), node.getOutput(i)));
    }
    return new Inner(nodes, constants);
  }

  private static String outside(ValueInfoProto value, Map<String, String> outside) {
    return outside.getOrDefault(value.getName(), value.getName());
  }

  private String added(String name, Constant constant, Map<String, Constant> constants) {
    String unique = inner.unique(name);
    constants.put(unique, constant);
    return unique;
  }

  /** What is the same in all rounds, or the rest: without it layers would share no kernels. */
  private static GraphProto part(GraphProto body, boolean isShared) {
    GraphProto.Builder part = isShared ? body.toBuilder() : body.toBuilder().clearInitializer();
    part.clearNode();
    body.getNodeList().stream()
        .filter(inner -> inner.getOpType().equals("Constant") == isShared)
        .forEach(part::addNode);
    return part.build();
  }
}
