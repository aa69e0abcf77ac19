package dev.capstan.onnx;

import dev.capstan.array.Movements;
import dev.capstan.graph.Constant;
import dev.capstan.graph.DataType;
import dev.capstan.graph.Node;
import dev.capstan.graph.Shape;
import dev.capstan.graph.op.Add;
import dev.capstan.graph.op.Concat;
import dev.capstan.graph.op.Pad;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Objects;
import java.util.function.Function;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Concats of what differs between images with rows that are the same for all: planes of coordinates
 * beside channels, a class token before others. A row cannot stand there for all images; but beside
 * zeros it can be added:
 *
 * <pre>Concat(a, x, b) = Pad(x) + Concat(a, 0, b)</pre>
 *
 * <p>Where the rows are zeros themselves, as in shortcuts to more channels, the Pad is all.
 */
final class RowsBeside {
  private static final long MOST_ELEMENTS = 1 << 24;

  private final NodeReader.Scope scope;
  private final Function<String, @Nullable Constant> rows;
  private final KnownConstants constants;
  private final UniqueNames names;

  /**
   * What reads such nodes.
   *
   * @param rows what each image has of a value with an open batch, null if they differ in it
   * @param constants takes what is added
   * @param names what that and nodes that are added may not be called
   */
  RowsBeside(
      NodeReader.Scope scope,
      Function<String, @Nullable Constant> rows,
      KnownConstants constants,
      UniqueNames names) {
    this.scope = scope;
    this.rows = rows;
    this.constants = constants;
    this.names = names;
  }

  /** The nodes that one amounts to; itself if it is of another kind. */
  List<Node> read(Node node) {
    if (!(node.operator() instanceof Concat concat)) {
      return List.of(node);
    }
    List<Boolean> isRow = node.inputs().stream().map(value -> row(value) != null).toList();
    int from = isRow.indexOf(false);
    int to = isRow.lastIndexOf(false) + 1;
    if (from < 0 || to - from == isRow.size() || isRow.subList(from, to).contains(true)) {
      return List.of(node);
    }
    Shape shape = scope.shape(node.inputs().get(from));
    Parts parts = new Parts(node.inputs(), from, to, shape.axis(concat.axis()));
    return parts.axis > 0 && fits(parts, shape) ? added(node, parts) : List.of(node);
  }

  /**
   * What is joined.
   *
   * @param from the first input that differs between images
   * @param to the one after the last of these
   * @param axis along which
   */
  private record Parts(List<String> inputs, int from, int to, int axis) {
    List<String> before() {
      return inputs.subList(0, from);
    }

    List<String> varying() {
      return inputs.subList(from, to);
    }

    List<String> after() {
      return inputs.subList(to, inputs.size());
    }

    Stream<String> rows() {
      return Stream.concat(before().stream(), after().stream());
    }
  }

  private @Nullable Constant row(String value) {
    Constant row = rows.apply(value);
    return row == null ? scope.constant(value) : row;
  }

  private Constant known(String row) {
    return Objects.requireNonNull(row(row), row);
  }

  /** Whether the rows are floating, of one image each, and stand beside as many as it is for. */
  private boolean fits(Parts parts, Shape shape) {
    return parts.varying().stream().allMatch(value -> scope.shape(value).size(parts.axis) >= 0)
        && parts
            .rows()
            .allMatch(
                value -> {
                  Constant row = known(value);
                  return row.type().isFloating()
                      && row.rank() == shape.rank()
                      && row.size(0) == 1
                      && scope.shape(value).dims().get(0).equals(shape.dims().get(0));
                })
        && Shape.of(zeros(parts)).elements() <= MOST_ELEMENTS;
  }

  /** Extents of the zeros that stand for what varies. */
  private long[] zeros(Parts parts) {
    long[] sizes = known((parts.from > 0 ? parts.before() : parts.after()).get(0)).sizes();
    sizes[parts.axis] =
        parts.varying().stream().mapToLong(value -> scope.shape(value).size(parts.axis)).sum();
    return sizes;
  }

  private List<Node> added(Node node, Parts parts) {
    List<Node> nodes = new ArrayList<>();
    String inner = parts.varying().get(0);
    if (parts.varying().size() > 1) {
      nodes.add(names.node(node.name(), "inner", node.operator(), parts.varying()));
      inner = nodes.get(0).output();
    }
    if (parts.rows().map(this::known).allMatch(InitialStates::isZero)) {
      nodes.add(node.with(pad(parts)).withInputs(List.of(inner)));
      return nodes;
    }
    nodes.add(names.node(node.name(), "padded", pad(parts), List.of(inner)));
    String padded = nodes.get(nodes.size() - 1).output();
    nodes.add(node.with(new Add()).withInputs(List.of(padded, sum(node, parts))));
    return nodes;
  }

  private Pad pad(Parts parts) {
    int rank = scope.shape(parts.inputs.get(0)).rank();
    List<Integer> pads = new ArrayList<>(Collections.nCopies(2 * rank, 0));
    pads.set(parts.axis, extent(parts.before(), parts.axis));
    pads.set(parts.axis + rank, extent(parts.after(), parts.axis));
    return new Pad(Pad.Mode.CONSTANT, pads, 0);
  }

  private int extent(List<String> values, int axis) {
    return values.stream().mapToInt(value -> known(value).size(axis)).sum();
  }

  /** The rows with zeros where what varies is. */
  private String sum(Node node, Parts parts) {
    List<Constant> all = new ArrayList<>(parts.before().stream().map(this::known).toList());
    List<Constant> after = parts.after().stream().map(this::known).toList();
    DataType type = (all.isEmpty() ? after : all).get(0).type();
    all.add(Movements.filled(Constant.of(type, new float[1]), zeros(parts)).make());
    all.addAll(after);
    String name = names.unique(node.output() + "_row");
    constants.add(name, Movements.joined(all, parts.axis).make());
    return name;
  }
}
