package dev.capstan.onnx;

import ai.onnx.proto.OnnxMl.AttributeProto;
import ai.onnx.proto.OnnxMl.GraphProto;
import ai.onnx.proto.OnnxMl.NodeProto;
import dev.capstan.error.InvalidInputException;
import dev.capstan.graph.Constant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What stands in place of an If whose condition is known before a run: the nodes of the branch that
 * it takes.
 */
final class Branches {
  private final InnerNodes inner;

  /**
   * Branches.
   *
   * @param inner copies what is in them
   */
  Branches(InnerNodes inner) {
    this.inner = inner;
  }

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
  InnerNodes.@Nullable Inner taken(NodeProto node, NodeReader.Scope scope) {
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

  private InnerNodes.Inner inPlace(NodeProto node, GraphProto branch, NodeReader.Scope scope) {
    Map<String, String> outside = new HashMap<>();
    GraphProto whole = branch.toBuilder().addAllNode(handedOut(node, branch, outside)).build();
    return inner.copies(whole, outside, node.getName() + "/", scope);
  }

  /** What a node of the branch gives gets the name outside at once, if it has one. */
  private static List<NodeProto> handedOut(
      NodeProto node, GraphProto branch, Map<String, String> outside) {
    List<NodeProto> copies = new ArrayList<>();
    for (int i = 0; i < node.getOutputCount(); i++) {
      String outer = node.getOutput(i);
      String value = branch.getOutput(i).getName();
      boolean isMade =
          branch.getNodeList().stream().anyMatch(inner -> inner.getOutputList().contains(value));
      if (!outer.isEmpty() && (!isMade || outside.putIfAbsent(value, outer) != null)) {
        copies.add(InnerNodes.identity(value, outer));
        outside.put(outer, outer);
      }
    }
    return copies;
  }
}
