package dev.capstan.onnx;

import ai.onnx.proto.OnnxMl.NodeProto;
import dev.capstan.graph.Constant;
import dev.capstan.graph.Node;
import dev.capstan.graph.Shape;
import dev.capstan.graph.op.Add;
import dev.capstan.graph.op.Arithmetic;
import dev.capstan.graph.op.Slice;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * What RNN, GRU and LSTM start from. Exporters write zeros for each image, of a fixed number of
 * images or of as many as a run has; without them the operators start from zeros for any number.
 * What was learned is the same for all images: it is made of the node's own input, which has as
 * many of them,
 *
 * <pre>state = 0 * x[0, :, 0] + learned</pre>
 */
final class InitialStates {
  private static final Set<String> RECURRENT = Set.of("RNN", "GRU", "LSTM");

  /** Input of the first state; LSTM's second one follows. */
  private static final int FIRST = 5;

  private static final int LAST = 6;

  /** Axis of images, of a state and of the input. */
  private static final int IMAGES = 1;

  private final NodeReader.Scope scope;
  private final BatchTables tables;
  private final KnownConstants constants;
  private final UniqueNames names;

  /**
   * What reads such nodes.
   *
   * @param constants takes what was learned
   * @param names what nodes that are added may not be called
   */
  InitialStates(
      NodeReader.Scope scope, BatchTables tables, KnownConstants constants, UniqueNames names) {
    this.scope = scope;
    this.tables = tables;
    this.constants = constants;
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
        nodes.addAll(made(node, i, learned));
        changed.setInput(i, nodes.get(nodes.size() - 1).output());
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

  /** What each image starts from; null if a run gives it, or it is for more images than one. */
  private @Nullable Constant learned(String state, NodeProto node) {
    Constant constant = scope.constant(state);
    Constant row = constant == null ? tables.along(IMAGES, state) : constant;
    boolean standsFirst = new Attributes(node.getAttributeList()).integer("layout", 0) != 0;
    return row == null || standsFirst || row.rank() != 3 || row.size(IMAGES) != 1 ? null : row;
  }

  private List<Node> made(NodeProto node, int input, Constant learned) {
    String x = node.getInput(0);
    Shape shape = scope.shape(x);
    if (shape.rank() != 3) {
      throw new UnsupportedException("an input of rank " + shape.rank());
    }
    String what = "state" + input;
    Slice slice = new Slice(List.of(0L, 0L), List.of(1L, 1L), List.of(0, 2), List.of(1L, 1L));
    Node part = names.node(node.getName(), what + "/images", slice, List.of(x));
    Constant zero = Constant.of(learned.type(), new float[1]);
    Node zeros =
        names.node(
            node.getName(),
            what + "/zeros",
            Arithmetic.MUL,
            List.of(part.output(), added(node, what + "/zero", zero)));
    Node state =
        names.node(
            node.getName(),
            what,
            new Add(),
            List.of(zeros.output(), added(node, what + "/learned", learned)));
    return List.of(part, zeros, state);
  }

  private String added(NodeProto node, String what, Constant constant) {
    String name = names.unique(node.getName() + "/" + what);
    constants.add(name, constant);
    return name;
  }
}
