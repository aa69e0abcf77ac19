package dev.capstan.onnx;

import ai.onnx.proto.OnnxMl.NodeProto;
import dev.capstan.graph.Constant;
import dev.capstan.graph.Node;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * What RNN, GRU and LSTM start from. Exporters write zeros for each image, of a fixed number of
 * images or of as many as a run has; without them the operators start from zeros for any number.
 * What was learned for one image is made for all of them ({@link ImageCopies}).
 */
final class InitialStates {
  private static final Set<String> RECURRENT = Set.of("RNN", "GRU", "LSTM");

  /** Input of the first state; LSTM's second one follows. */
  private static final int FIRST = 5;

  private static final int LAST = 6;

  /** Axis of images, of a state. */
  private static final int IMAGES = 1;

  private final NodeReader.Scope scope;
  private final BatchTables tables;
  private final ImageCopies copies;
  private final UniqueNames names;

  /**
   * What reads such nodes.
   *
   * @param copies makes what was learned for all images
   * @param names what nodes that are added may not be called
   */
  InitialStates(NodeReader.Scope scope, BatchTables tables, ImageCopies copies, UniqueNames names) {
    this.scope = scope;
    this.tables = tables;
    this.copies = copies;
    this.names = names;
  }

  /**
   * A node that a graph may hold.
   *
   * @param nodes that make what it starts from
   * @param node reading that
   */
  record Started(List<Node> nodes, NodeProto node) {}

  /** The node without states that are zeros, and with such as a graph makes. */
  Started read(NodeProto node) {
    List<Node> nodes = new ArrayList<>();
    NodeProto.Builder changed = node.toBuilder();
    for (int i = FIRST; i <= LAST && isRecurrent(node) && i < node.getInputCount(); i++) {
      String state = node.getInput(i);
      Constant learned = learned(state, node);
      if (isZero(state)) {
        changed.setInput(i, "");
      } else if (learned != null) {
        String name = names.unique(node.getName() + "/state" + i);
        nodes.addAll(copies.made(name, new ImageCopies.Copy(learned, IMAGES)));
        changed.setInput(i, name);
      }
    }
    return new Started(nodes, changed.build());
  }

  private static boolean isRecurrent(NodeProto node) {
    return NodeParser.isStandard(node.getDomain()) && RECURRENT.contains(node.getOpType());
  }

  private boolean isZero(String state) {
    Constant constant = scope.constant(state);
    return constant == null ? tables.isZero(state) : isZero(constant);
  }

  /** Whether all elements of a tensor are 0. */
  static boolean isZero(Constant constant) {
    return IntStream.range(0, constant.elements()).allMatch(i -> constant.real(i) == 0);
  }

  /** What a file of one image starts from, if a graph can make that for more. */
  private @Nullable Constant learned(String state, NodeProto node) {
    Constant row = scope.constant(state);
    boolean standsFirst = new Attributes(node.getAttributeList()).integer("layout", 0) != 0;
    return row != null
            && !standsFirst
            && row.rank() == 3
            && row.size(IMAGES) == 1
            && copies.canMake(row)
        ? row
        : null;
  }
}
