package dev.capstan.onnx;

import ai.onnx.proto.OnnxMl.NodeProto;
import dev.capstan.graph.Constant;
import dev.capstan.graph.Node;
import dev.capstan.graph.Operator;
import dev.capstan.graph.Shape;
import dev.capstan.graph.op.Concat;
import dev.capstan.graph.op.Gather;
import dev.capstan.graph.op.Identity;
import dev.capstan.graph.op.Reshape;
import dev.capstan.graph.op.Slice;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.LongStream;
import org.jspecify.annotations.Nullable;

/**
 * Nodes that read or write by a constant table of indices, where simpler operators do the same:
 *
 * <ul>
 *   <li>Gather by a table, as PyTorch writes {@code as_strided}, is a Gather by a list and a
 *       Reshape; if it takes all elements in order, a Reshape alone, also where the batch is open,
 *   <li>ScatterND that writes a slice back, as PyTorch writes {@code y[:, :k] = ...}, is a Concat
 *       of the slice and what stays on both sides of it; also where the batch is open.
 * </ul>
 */
final class IndexedNodes {
  private final NodeReader.Scope scope;
  private final Function<String, @Nullable Node> producers;
  private final BatchTables tables;
  private final UniqueNames names;
  private final Map<String, String> bypassed = new HashMap<>();

  /**
   * What reads such nodes.
   *
   * @param producers the node that gives a value, null if there is none
   * @param tables indices that hang on the batch
   * @param names what nodes that are added may not be called
   */
  IndexedNodes(
      NodeReader.Scope scope,
      Function<String, @Nullable Node> producers,
      BatchTables tables,
      UniqueNames names) {
    this.tables = tables;
    this.scope = scope;
    this.producers = producers;
    this.names = names;
  }

  /** The nodes that one amounts to; none if it is of another kind. */
  List<Node> read(NodeProto node) {
    if (!NodeParser.isStandard(node.getDomain()) || node.getInputCount() < 2) {
      return List.of();
    }
    Constant indices = scope.constant(node.getInput(1));
    Constant listed = indices != null && isListOfPlaces(indices) ? indices : null;
    return switch (node.getOpType()) {
      case "Gather" -> listed == null ? inOrder(node) : gather(node, listed);
      case "ScatterND" ->
          scatter(node, listed == null ? tables.box(node.getInput(1)) : IndexBox.of(listed));
      default -> List.of();
    };
  }

  private static boolean isListOfPlaces(Constant indices) {
    return !indices.type().isFloating() && indices.elements() > 0;
  }

  /** Values that nodes read no more, with the names of the nodes that read them in the file. */
  Map<String, String> bypassed() {
    return bypassed;
  }

  /** All elements in order, of however many images. */
  private List<Node> inOrder(NodeProto node) {
    String data = node.getInput(0);
    List<Long> target = tables.contains(node.getInput(1)) ? order(node.getInput(1), data) : null;
    return target == null
        ? List.of()
        : List.of(node(node, new Reshape(target, false), List.of(unflattened(node, data))));
  }

  private @Nullable List<Long> order(String table, String data) {
    Shape shape = scope.shape(data);
    return shape.rank() == 1 ? tables.order(table, shape.dims().get(0)) : null;
  }

  private List<Node> gather(NodeProto node, Constant indices) {
    if (indices.rank() < 2) {
      return List.of();
    }
    String data = node.getInput(0);
    Shape shape = scope.shape(data);
    int axis = shape.axis(new Attributes(node.getAttributeList()).integer("axis", 0));
    List<Long> table = LongStream.of(indices.sizes()).boxed().toList();
    if (shape.rank() == 1 && IndexTable.of(indices).isWhole(shape.size(0))) {
      return List.of(node(node, new Reshape(table, false), List.of(unflattened(node, data))));
    }
    List<Long> target = new ArrayList<>();
    for (int i = 0; i < shape.rank(); i++) {
      if (i == axis) {
        target.addAll(table);
      } else {
        target.add(i < axis ? 0L : shape.size(i));
      }
    }
    if (target.indexOf(-1L) != target.lastIndexOf(-1L)) {
      return List.of();
    }
    Node rows = added(node, "rows", new Gather(axis, Numbers.longs(indices), true), data);
    return List.of(rows, node(node, new Reshape(target, false), List.of(rows.output())));
  }

  /**
   * What was flattened to a row, so that the row itself, where the batch is lost, is not needed.
   */
  private String unflattened(NodeProto node, String row) {
    Node flat = producers.apply(row);
    if (flat == null || !(flat.operator() instanceof Reshape)) {
      return row;
    }
    bypassed.put(row, node.getName());
    return flat.inputs().get(0);
  }

  private List<Node> scatter(NodeProto node, @Nullable IndexBox box) {
    Attributes attributes = new Attributes(node.getAttributeList());
    if (box == null || !attributes.text("reduction", "none").equals("none")) {
      return List.of();
    }
    Shape shape = scope.shape(node.getInput(0));
    int axis = -1;
    for (int i = 0; i < box.start().size(); i++) {
      boolean whole = box.isWhole(i, shape.size(i));
      if (!whole && axis >= 0) {
        return List.of();
      }
      axis = whole ? axis : i;
    }
    String update = node.getInput(2);
    return axis < 0
        ? List.of(node(node, new Identity(), List.of(update)))
        : written(node, axis, box.start().get(axis), box.start().get(axis) + box.sizes().get(axis));
  }

  /** A part of an axis replaced: the last input between what stays before and after it. */
  private List<Node> written(NodeProto node, int axis, long from, long to) {
    long size = scope.shape(node.getInput(0)).size(axis);
    if (from < 0 || size < to || to < from) {
      return List.of();
    }
    List<Node> nodes = new ArrayList<>();
    List<String> parts = new ArrayList<>();
    if (from > 0) {
      nodes.add(added(node, "before", slice(axis, 0, from), node.getInput(0)));
      parts.add(nodes.get(0).output());
    }
    parts.add(node.getInput(2));
    if (to < size) {
      nodes.add(added(node, "after", slice(axis, to, size), node.getInput(0)));
      parts.add(nodes.get(nodes.size() - 1).output());
    }
    nodes.add(node(node, new Concat(axis), parts));
    return nodes;
  }

  private static Slice slice(int axis, long from, long to) {
    return new Slice(List.of(from), List.of(to), List.of(axis), List.of(1L));
  }

  private static Node node(NodeProto node, Operator operator, List<String> inputs) {
    return new Node(
        node.getName(), operator, inputs, List.of(node.getOutput(0)), node.getDocString());
  }

  private Node added(NodeProto node, String what, Operator operator, String input) {
    return names.node(node.getName(), what, operator, List.of(input));
  }
}
