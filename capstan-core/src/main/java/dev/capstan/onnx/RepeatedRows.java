package dev.capstan.onnx;

import dev.capstan.graph.Constant;
import dev.capstan.graph.Dim;
import dev.capstan.graph.Node;
import dev.capstan.graph.Shape;
import dev.capstan.graph.op.Add;
import dev.capstan.graph.op.Arithmetic;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Values that a run makes for each image, though they are the same for all ({@link BatchTables}):
 * encodings of positions. Where a function broadcasts, it reads the constant row of one image; what
 * joins rows with others is {@link RowsBeside}.
 */
final class RepeatedRows {
  private final NodeReader.Scope scope;
  private final BatchTables tables;
  private final KnownConstants constants;
  private final UniqueNames names;
  private final RowsBeside beside;
  private final Map<String, String> rows = new HashMap<>();

  /**
   * What reads such values.
   *
   * @param constants takes their rows
   * @param names what those may not be called
   */
  RepeatedRows(
      NodeReader.Scope scope, BatchTables tables, KnownConstants constants, UniqueNames names) {
    this.scope = scope;
    this.tables = tables;
    this.constants = constants;
    this.names = names;
    this.beside = new RowsBeside(scope, tables::row, constants, names);
  }

  /** The node reading rows, where that computes the same, or what else does. */
  List<Node> read(Node node) {
    boolean broadcasts = node.operator() instanceof Add || node.operator() instanceof Arithmetic;
    return broadcasts && node.inputs().stream().anyMatch(this::isRow) && repeats(node.inputs())
        ? List.of(node.reading(this::row))
        : beside.read(node);
  }

  private boolean isRow(String value) {
    return tables.row(value) != null;
  }

  /** Whether what is no row has as many images along as many axes. */
  private boolean repeats(List<String> inputs) {
    int rank = inputs.stream().mapToInt(input -> scope.shape(input).rank()).max().orElse(0);
    Dim batch = first(inputs.stream().filter(this::isRow).findFirst().orElseThrow(), rank);
    return inputs.stream()
            .filter(input -> !isRow(input))
            .anyMatch(i -> first(i, rank).equals(batch))
        && inputs.stream().filter(this::isRow).allMatch(row -> first(row, rank).equals(batch));
  }

  private Dim first(String value, int rank) {
    Shape shape = scope.shape(value);
    return shape.rank() == rank ? shape.dims().get(0) : Dim.of(1);
  }

  private String row(String value) {
    Constant row = tables.row(value);
    return row == null ? value : rows.computeIfAbsent(value, name -> added(name, row));
  }

  private String added(String value, Constant row) {
    String name = names.unique(value + "_row");
    constants.add(name, row);
    return name;
  }
}
