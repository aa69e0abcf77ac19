package dev.capstan.onnx;

import dev.capstan.array.Movements;
import dev.capstan.graph.Constant;
import dev.capstan.graph.Dim;
import dev.capstan.graph.Node;
import dev.capstan.graph.Operator;
import dev.capstan.graph.Shape;
import dev.capstan.graph.Value;
import dev.capstan.graph.op.Add;
import dev.capstan.graph.op.Arithmetic;
import dev.capstan.graph.op.Reshape;
import dev.capstan.graph.op.Slice;
import dev.capstan.graph.op.Squeeze;
import dev.capstan.graph.op.Unsqueeze;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import org.jspecify.annotations.Nullable;

/**
 * Values that are the same for all images ({@link BatchTables}), along whatever axis: queries of a
 * decoder, states that recurrent layers start from, a number for all pixels of a slice. Where
 * nothing simpler will do, a graph makes them of its input, which has as many images,
 *
 * <pre>value = 0 * input[:, 0, 0, 0] + copy</pre>
 *
 * <p>An image may have several places along the axis, as heads of attention have beside images.
 */
final class ImageCopies {
  /** Elements of a copy that a graph makes. */
  private static final int MOST_ELEMENTS = 1 << 22;

  private final BatchTables tables;
  private final KnownConstants constants;
  private final UniqueNames names;
  private final Supplier<@Nullable Value> input;
  private final Map<String, Optional<Copy>> copies = new HashMap<>();

  /**
   * What makes such values.
   *
   * @param constants takes the copies
   * @param names what nodes that are added may not be called
   * @param input the one whose first axis is the batch, null if there is none
   */
  ImageCopies(
      BatchTables tables,
      KnownConstants constants,
      UniqueNames names,
      Supplier<@Nullable Value> input) {
    this.tables = tables;
    this.constants = constants;
    this.names = names;
    this.input = input;
  }

  /**
   * What each image has.
   *
   * @param axis where those of one image follow those of another
   */
  record Copy(Constant constant, int axis) {
    private long size() {
      return constant.size(axis);
    }
  }

  /** What each image has of a value that a graph can make; null for another one. */
  @Nullable Copy of(String value) {
    return copies.computeIfAbsent(value, this::found).orElse(null);
  }

  private Optional<Copy> found(String value) {
    List<Constant> made = tables.made(value);
    if (made == null || !canMake(made.get(0))) {
      return Optional.empty();
    }
    return IntStream.range(0, made.get(0).rank())
        .filter(axis -> isCopied(made, axis))
        .mapToObj(axis -> new Copy(made.get(0), axis))
        .findFirst();
  }

  /** Whether a constant is of the input's type, and not too large. */
  boolean canMake(Constant constant) {
    Value image = input.get();
    return image != null
        && constant.type().isFloating()
        && constant.type() == image.type().type()
        && constant.elements() <= MOST_ELEMENTS;
  }

  private static boolean isCopied(List<Constant> made, int axis) {
    return IntStream.range(0, made.size())
        .allMatch(
            i ->
                made.get(i).rank() == made.get(0).rank()
                    && Movements.joined(
                            Collections.nCopies(BatchTables.BATCHES.get(i), made.get(0)), axis)
                        .make()
                        .sameAs(made.get(i)));
  }

  /** The shape of a value that a graph can make, null for another one. */
  @Nullable Shape shape(String value) {
    Copy copy = of(value);
    return copy == null
        ? null
        : copy.constant.shape().with(copy.axis, tables.batch().times(Dim.of(copy.size())));
  }

  /**
   * Nodes that make a value; the last one gives it.
   *
   * @param copy what each image has
   */
  List<Node> made(String value, Copy copy) {
    Value image = input.get();
    if (image == null) {
      throw new UnsupportedException("'" + value + "' without an image");
    }
    boolean several = copy.size() > 1;
    int rank = copy.constant.rank() + (several ? 1 : 0);
    List<Node> nodes = new ArrayList<>();
    int axes = image.type().shape().rank();
    if (axes > 1) {
      add(nodes, value, "pixel", firsts(axes), image.name());
      add(nodes, value, "images", new Squeeze(range(1, axes, 0)), last(nodes));
    }
    String images = nodes.isEmpty() ? image.name() : last(nodes);
    List<Integer> others = range(0, rank, copy.axis);
    if (!others.isEmpty()) {
      add(nodes, value, "aligned", new Unsqueeze(others), images);
      images = last(nodes);
    }
    String zero = constant(value, "zero", Constant.of(copy.constant.type(), new float[1]));
    add(nodes, value, "zeros", Arithmetic.MUL, images, zero);
    String own = constant(value, "copy", several ? apart(copy) : copy.constant);
    add(nodes, value, "copies", new Add(), last(nodes), own);
    if (several) {
      add(nodes, value, "joined", joined(copy), last(nodes));
    }
    Node last = nodes.remove(nodes.size() - 1);
    nodes.add(new Node(last.name(), last.operator(), last.inputs(), List.of(value)));
    return nodes;
  }

  private static Slice firsts(int axes) {
    int count = axes - 1;
    return new Slice(
        Collections.nCopies(count, 0L),
        Collections.nCopies(count, 1L),
        range(1, axes, 0),
        Collections.nCopies(count, 1L));
  }

  private static List<Integer> range(int from, int to, int without) {
    return IntStream.range(from, to).filter(axis -> axis != without).boxed().toList();
  }

  /** With an axis of images before those of one. */
  private static Constant apart(Copy copy) {
    List<Long> sizes = new ArrayList<>(LongStream.of(copy.constant.sizes()).boxed().toList());
    sizes.add(copy.axis, 1L);
    return copy.constant.reshaped(sizes.stream().mapToLong(Long::longValue).toArray());
  }

  private static Reshape joined(Copy copy) {
    List<Long> target = new ArrayList<>(LongStream.of(copy.constant.sizes()).boxed().toList());
    target.set(copy.axis, -1L);
    return new Reshape(target, false);
  }

  private void add(
      List<Node> nodes, String value, String what, Operator operator, String... inputs) {
    nodes.add(names.node(value, what, operator, List.of(inputs)));
  }

  private static String last(List<Node> nodes) {
    return nodes.get(nodes.size() - 1).output();
  }

  private String constant(String value, String what, Constant constant) {
    String name = names.unique(value + "/" + what);
    constants.add(name, constant);
    return name;
  }
}
