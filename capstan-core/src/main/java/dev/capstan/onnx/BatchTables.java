package dev.capstan.onnx;

import static java.util.stream.Collectors.toCollection;

import ai.onnx.proto.OnnxMl.NodeProto;
import dev.capstan.array.Movements;
import dev.capstan.error.InvalidInputException;
import dev.capstan.graph.Constant;
import dev.capstan.graph.ConstantWriter;
import dev.capstan.graph.Dim;
import dev.capstan.graph.Shape;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import org.jspecify.annotations.Nullable;

/**
 * What a model computes from constants and the extent of its batch alone, where that is open: for
 * {@code y[:, :k] = ...} PyTorch counts the images with Range and makes a table of places of it;
 * encodings of positions are made of zeros, one row an image.
 *
 * <p>Such nodes vanish. They are not known, but for each batch they are: so they are computed for a
 * few batches, and what all of those have in common is taken for the rule. What an exporter makes
 * of Range, shapes and moves of them has no cases of its own for batches. What is the same for all
 * images of all batches is kept as the row of one of them.
 */
final class BatchTables {
  /** The batches that values are computed for. */
  static final List<Integer> BATCHES = List.of(1, 2, 3, 7);

  /** Elements of all tables and rows. */
  private static final long MOST_ELEMENTS = 1 << 24;

  private final NodeReader.Scope scope;
  private final ConstantFolding folding;
  private final Function<String, @Nullable PartlyKnown> lists;
  private final Supplier<String> image;
  private final Map<String, List<Constant>> tables = new HashMap<>();
  private final Map<String, Constant> rows = new HashMap<>();
  private long elements;

  /**
   * What reads such nodes.
   *
   * @param lists the extents that a value lists, null for another one
   * @param image name of the input whose first axis is the batch, empty if there is none
   */
  BatchTables(
      NodeReader.Scope scope,
      ConstantFolding folding,
      Function<String, @Nullable PartlyKnown> lists,
      Supplier<String> image) {
    this.scope = scope;
    this.folding = folding;
    this.lists = lists;
    this.image = image;
  }

  /** Whether a value is one of these. */
  boolean contains(String value) {
    return tables.containsKey(value) || rows.containsKey(value);
  }

  /** What each image has of a value, with a first axis of 1; null if they differ in it. */
  @Nullable Constant row(String value) {
    return rows.get(value);
  }

  /** The shape of a value that is the same for all images, null for another one. */
  @Nullable Shape shape(String value) {
    Constant row = rows.get(value);
    return row == null ? null : row.shape().with(0, batch());
  }

  /**
   * Takes a node that reads what is known for each batch.
   *
   * @param constants takes what is the same for all batches
   */
  boolean read(NodeProto node, KnownConstants constants) {
    if (!isOfBatch(node)) {
      return false;
    }
    List<Constant> made = new ArrayList<>();
    try {
      for (int i = 0; i < BATCHES.size(); i++) {
        made.add(computed(node, i));
      }
    } catch (UnsupportedException | InvalidInputException e) {
      return false;
    }
    if (made.stream().allMatch(made.get(0)::sameAs)) {
      constants.add(node.getOutput(0), made.get(0));
    } else {
      keep(node.getOutput(0), made);
    }
    return true;
  }

  private void keep(String value, List<Constant> made) {
    Constant row = made.get(0);
    boolean alike = row.rank() > 0 && row.sizes()[0] == 1;
    for (int i = 0; alike && i < BATCHES.size(); i++) {
      alike = repeated(row, BATCHES.get(i)).sameAs(made.get(i));
    }
    if (alike) {
      rows.put(value, row);
    } else {
      tables.put(value, made);
    }
    long kept = made.stream().mapToLong(Constant::elements).sum();
    elements += alike ? row.elements() : kept;
  }

  private static Constant repeated(Constant row, int batch) {
    long[] sizes = row.sizes();
    sizes[0] = batch;
    return Movements.expanded(row, sizes).make();
  }

  private boolean isOfBatch(NodeProto node) {
    return NodeParser.isStandard(node.getDomain())
        && node.getOutputCount() == 1
        && node.getInputList().stream().allMatch(this::isKnown)
        && node.getInputList().stream().anyMatch(value -> !isConstant(value));
  }

  private boolean isKnown(String value) {
    return value.isEmpty() || isConstant(value) || contains(value) || lists.apply(value) != null;
  }

  private boolean isConstant(String value) {
    return value.isEmpty() || scope.constant(value) != null;
  }

  private Constant computed(NodeProto node, int batch) {
    Map<String, Constant> operands = new HashMap<>();
    for (String input : node.getInputList()) {
      if (!isConstant(input)) {
        operands.put(input, operand(input, batch));
      }
    }
    Map<String, Constant> made = folding.fold(node, new SubstitutedScope(scope, operands));
    Constant table = made.get(node.getOutput(0));
    if (table == null || elements + table.elements() > MOST_ELEMENTS) {
      throw new UnsupportedException("no table");
    }
    return table;
  }

  private Constant operand(String value, int batch) {
    Constant row = rows.get(value);
    if (row != null) {
      return repeated(row, BATCHES.get(batch));
    }
    List<Constant> table = tables.get(value);
    return table == null
        ? bound(Objects.requireNonNull(lists.apply(value)), batch)
        : table.get(batch);
  }

  /** What a value is for {@link #BATCHES}; null if it is none of these. */
  @Nullable List<Constant> made(String value) {
    return contains(value)
        ? IntStream.range(0, BATCHES.size()).mapToObj(i -> operand(value, i)).toList()
        : null;
  }

  /** A list of extents with a number for the batch. */
  private Constant bound(PartlyKnown list, int batch) {
    ConstantWriter bound = new ConstantWriter(list.numbers().type(), list.numbers().sizes());
    List<Extent> extents = list.elements();
    for (int i = 0; i < extents.size(); i++) {
      Extent extent = extents.get(i);
      bound.put(
          i, extent.isNumber() ? extent.value() : (double) BATCHES.get(batch) * times(extent));
    }
    return bound.constant();
  }

  /** How many times the batch an open extent is. */
  private long times(Extent extent) {
    Dim dim =
        extent.isAxis()
            ? scope.shape(extent.tensor()).dims().get((int) extent.whole())
            : Dim.UNKNOWN;
    if (!isOfBatch(dim)) {
      throw new UnsupportedException("counts by an open extent other than the batch");
    }
    return dim.times();
  }

  private boolean isOfBatch(Dim dim) {
    return !dim.symbol().isEmpty() && dim.symbol().equals(batch().symbol());
  }

  /** The extent of the batch. */
  Dim batch() {
    List<Dim> dims = image.get().isEmpty() ? List.of() : scope.shape(image.get()).dims();
    return dims.isEmpty() ? Dim.UNKNOWN : dims.get(0);
  }

  /** Whether a value is one of these, and 0 everywhere. */
  boolean isZero(String value) {
    List<Constant> table = made(value);
    return table != null && table.stream().allMatch(InitialStates::isZero);
  }

  /**
   * The box of places that a table of indices is, all of the batch along axis 0.
   *
   * @return null if it is none
   */
  @Nullable IndexBox box(String value) {
    List<Constant> table = made(value);
    if (table == null) {
      return null;
    }
    IndexBox common = IndexBox.of(table.get(0));
    for (int i = 0; common != null && i < BATCHES.size(); i++) {
      IndexBox box = IndexBox.of(table.get(i));
      common = box != null && box.equals(common.ofRows(BATCHES.get(i))) ? common : null;
    }
    return common == null ? null : common.ofRows(IndexBox.ALL);
  }

  /**
   * What a row of an open extent is reshaped to by a table that lists all its elements in order.
   *
   * @param row the extent, a multiple of the batch
   * @return the table's extents, -1 for the batch; null if it is no such table
   */
  @Nullable List<Long> order(String value, Dim row) {
    List<Constant> table = tables.get(value);
    if (table == null || !isOfBatch(row)) {
      return null;
    }
    List<Long> target = rowTarget(table.get(0));
    for (int i = 0; i < BATCHES.size(); i++) {
      Constant places = table.get(i);
      if (!IndexTable.of(places).isWhole(row.times() * BATCHES.get(i))
          || places.size(0) != BATCHES.get(i)
          || !rowTarget(places).equals(target)) {
        return null;
      }
    }
    return target;
  }

  private static List<Long> rowTarget(Constant places) {
    List<Long> target = LongStream.of(places.sizes()).boxed().collect(toCollection(ArrayList::new));
    target.set(0, -1L);
    return target;
  }

  /** The extents that a value lists, null if it is no list. */
  @Nullable List<Extent> elements(String value) {
    List<Constant> table = made(value);
    if (table == null
        || table.get(0).rank() > 1
        || table.stream().anyMatch(list -> list.elements() != table.get(0).elements())) {
      return null;
    }
    return IntStream.range(0, table.get(0).elements()).mapToObj(i -> element(table, i)).toList();
  }

  private Extent element(List<Constant> table, int index) {
    double first = table.get(0).real(index);
    if (table.stream().allMatch(list -> list.real(index) == first)) {
      return Extent.of(first);
    }
    boolean counts =
        IntStream.range(0, BATCHES.size())
            .allMatch(i -> table.get(i).real(index) == BATCHES.get(i));
    return counts ? Extent.of(image.get(), 0) : Extent.COMPUTED;
  }
}
