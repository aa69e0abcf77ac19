package dev.capstan.onnx;

import ai.onnx.proto.OnnxMl.AttributeProto;
import ai.onnx.proto.OnnxMl.GraphProto;
import ai.onnx.proto.OnnxMl.NodeProto;
import ai.onnx.proto.OnnxMl.TensorProto;
import dev.capstan.error.InvalidInputException;
import dev.capstan.graph.Constant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What stands in place of an If whose condition is known before a run: the nodes of the branch that
 * it takes. Names that are given in the branch become unique, since both branches may use the same
 * ones; those from around it stay.
 */
final class Branches {
  private final FunctionCalls functions;
  private final ReadBudget budget;
  private final UniqueNames names;

  /**
   * Branches.
   *
   * @param functions what may be called in them
   * @param names what nodes and values that are added may not be called
   */
  Branches(FunctionCalls functions, ReadBudget budget, UniqueNames names) {
    this.functions = functions;
    this.budget = budget;
    this.names = names;
  }

  /**
   * A branch.
   *
   * @param nodes in order
   * @param constants that it holds, by name
   */
  record Branch(List<NodeProto> nodes, Map<String, Constant> constants) {}

  /** Whether a node chooses between branches. */
  static boolean choose(NodeProto node) {
    return node.getOpType().equals("If") && NodeParser.isStandard(node.getDomain());
  }

  /**
   * The branch that a node takes.
   *
   * @return null if the node chooses none, or that cannot be said before a run
   * @throws InvalidInputException if the branch does not fit the node
   */
  @Nullable Branch taken(NodeProto node, NodeReader.Scope scope) {
    boolean chooses = choose(node) && node.getInputCount() == 1;
    Constant condition = chooses ? scope.constant(node.getInput(0)) : null;
    if (condition == null || condition.elements() != 1) {
      return null;
    }
    GraphProto branch = branch(node, condition.whole(0) != 0 ? "then_branch" : "else_branch");
    try {
      return branch.getSparseInitializerCount() == 0 ? inPlace(node, branch, scope) : null;
    } catch (UnsupportedException e) {
      // What cannot be read stays with its branch.
      return null;
    }
  }

  private static GraphProto branch(NodeProto node, String name) {
    GraphProto branch =
        node.getAttributeList().stream()
            .filter(attribute -> attribute.getName().equals(name) && attribute.hasG())
            .map(AttributeProto::getG)
            .findFirst()
            .orElseThrow(() -> new InvalidInputException("has no " + name));
    int wanted = node.getOutputCount();
    if (branch.getInputCount() > 0 || branch.getOutputCount() != wanted) {
      throw new InvalidInputException(
          "expected a %s of no inputs and %d outputs, found %d and %d"
              .formatted(name, wanted, branch.getInputCount(), branch.getOutputCount()));
    }
    return branch;
  }

  private Branch inPlace(NodeProto node, GraphProto branch, NodeReader.Scope scope) {
    String prefix = node.getName() + "/";
    Map<String, String> renamed = new HashMap<>();
    List<NodeProto> nodes = new ArrayList<>(branch.getNodeList());
    nodes.addAll(handedOut(node, branch, renamed));
    budget.names(Subgraphs.names(nodes).size() * (long) prefix.length());
    Map<String, Constant> constants = new LinkedHashMap<>();
    for (TensorProto tensor : branch.getInitializerList()) {
      String name = names.unique(prefix + tensor.getName());
      renamed.put(tensor.getName(), name);
      constants.put(name, scope.constant(tensor));
    }
    for (NodeProto inner : branch.getNodeList()) {
      inner.getOutputList().stream()
          .filter(value -> !value.isEmpty())
          .forEach(value -> renamed.computeIfAbsent(value, v -> names.unique(prefix + v)));
    }
    RenamedNodes copies = new RenamedNodes(value -> renamed.getOrDefault(value, value), Map.of());
    return new Branch(
        functions.inlined(nodes.stream().map(copies::copy).toList()).stream()
            .map(inner -> named(inner, prefix))
            .toList(),
        constants);
  }

  /** What a node of the branch gives gets the name outside at once, if it has one. */
  private static List<NodeProto> handedOut(
      NodeProto node, GraphProto branch, Map<String, String> renamed) {
    List<NodeProto> copies = new ArrayList<>();
    for (int i = 0; i < node.getOutputCount(); i++) {
      String outer = node.getOutput(i);
      String value = branch.getOutput(i).getName();
      boolean isMade =
          branch.getNodeList().stream().anyMatch(inner -> inner.getOutputList().contains(value));
      if (!outer.isEmpty() && (!isMade || renamed.putIfAbsent(value, outer) != null)) {
        NodeProto.Builder copy = NodeProto.newBuilder().setOpType("Identity");
        copies.add(copy.addInput(value).addOutput(outer).build());
      }
    }
    return copies;
  }

  private NodeProto named(NodeProto inner, String prefix) {
    String name = inner.getName().isEmpty() ? inner.getOpType() : inner.getName();
    return inner.toBuilder().setName(names.unique(prefix + name)).build();
  }
}
