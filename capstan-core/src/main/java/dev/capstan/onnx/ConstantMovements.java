package dev.capstan.onnx;

import static dev.capstan.onnx.ConstantKernels.input;

import dev.capstan.array.Elementwise;
import dev.capstan.array.Movements;
import dev.capstan.array.Pending;
import dev.capstan.error.InvalidInputException;
import dev.capstan.graph.Constant;
import dev.capstan.graph.ConstantWriter;
import dev.capstan.graph.Node;
import dev.capstan.graph.Shape;
import dev.capstan.graph.ShapeInference;
import dev.capstan.graph.TensorType;
import dev.capstan.graph.op.Concat;
import dev.capstan.graph.op.Pad;
import dev.capstan.graph.op.Slice;
import dev.capstan.graph.op.Split;
import dev.capstan.graph.op.Transpose;
import dev.capstan.onnx.ConstantKernels.ConstantKernel;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.IntStream;

/** Operators that put elements in other places. */
final class ConstantMovements {
  static final Map<String, ConstantKernel> TABLE =
      Map.ofEntries(
          Map.entry("Identity", node -> List.of(Pending.ready(input(node, 0)))),
          Map.entry("Reshape", node -> List.of(view(new ReshapeCodec(), node))),
          Map.entry("Flatten", node -> List.of(view(new FlattenCodec(), node))),
          Map.entry("Squeeze", node -> List.of(view(new SqueezeCodec(), node))),
          Map.entry("Unsqueeze", node -> List.of(view(new UnsqueezeCodec(), node))),
          Map.entry("Transpose", node -> List.of(transposed(node))),
          Map.entry("Slice", node -> List.of(sliced(node))),
          Map.entry("Split", ConstantMovements::split),
          Map.entry("Concat", node -> List.of(joined(node))),
          Map.entry("Expand", node -> List.of(expanded(node))),
          Map.entry("Tile", node -> List.of(tiled(node))),
          Map.entry("Gather", node -> List.of(gathered(node))),
          Map.entry("GatherElements", node -> List.of(gatheredElements(node))),
          Map.entry("Pad", node -> List.of(padded(node))),
          Map.entry("Where", node -> List.of(where(node))));

  private ConstantMovements() {}

  /** Whether an input of one of these operators is what is moved, not what says where to. */
  static boolean isMoved(String type, int input) {
    return switch (type) {
      case "Concat" -> true;
      case "Where" -> input > 0;
      case "Pad" -> input == 0 || input == 2;
      default -> input == 0;
    };
  }

  private static Pending view(OperatorCodec<?> codec, NodeReader node) {
    Constant x = input(node, 0);
    Node alone = new Node("", codec.read(node), List.of("x"), List.of("y"));
    Map<String, TensorType> types = new HashMap<>(Map.of("x", x.tensorType()));
    ShapeInference.infer(alone, types, Map.of());
    Shape shape = Objects.requireNonNull(types.get("y")).shape();
    if (!shape.isKnown()) {
      throw new InvalidInputException("cannot give %s the shape %s".formatted(x, shape));
    }
    return Pending.ready(x.reshaped(shape.sizes()));
  }

  private static Pending transposed(NodeReader node) {
    Transpose transpose = (Transpose) new TransposeCodec().read(node);
    return Movements.transposed(input(node, 0), transpose.perm());
  }

  private static Pending sliced(NodeReader node) {
    Constant x = input(node, 0);
    Slice slice = SliceCodec.parse(node);
    long[] starts = new long[x.rank()];
    long[] steps = IntStream.range(0, x.rank()).mapToLong(axis -> 1).toArray();
    long[] counts = x.sizes();
    for (int i = 0; i < slice.axes().size(); i++) {
      int axis = x.shape().axis(slice.axes().get(i));
      starts[axis] = slice.start(i, x.size(axis));
      steps[axis] = slice.steps().get(i);
      counts[axis] = slice.count(i, x.size(axis));
    }
    return Movements.sliced(x, starts, steps, counts);
  }

  private static List<Pending> split(NodeReader node) {
    Constant x = input(node, 0);
    Split split = (Split) new SplitCodec().read(node);
    List<Long> sizes = split.sizes(x.size(split.axis()));
    if (sizes.stream().mapToLong(Long::longValue).sum() != x.size(split.axis())) {
      throw new InvalidInputException("cannot cut %s into parts of %s".formatted(x, sizes));
    }
    long[] steps = IntStream.range(0, x.rank()).mapToLong(axis -> 1).toArray();
    long[] starts = new long[x.rank()];
    List<Pending> parts = new ArrayList<>();
    for (long size : sizes) {
      long[] counts = x.sizes();
      counts[split.axis()] = size;
      parts.add(Movements.sliced(x, starts.clone(), steps, counts));
      starts[split.axis()] += size;
    }
    return parts;
  }

  private static Pending joined(NodeReader node) {
    Concat concat = (Concat) new ConcatCodec().read(node);
    List<Constant> parts = IntStream.range(0, node.count()).mapToObj(i -> input(node, i)).toList();
    return Movements.joined(parts, parts.get(0).shape().axis(concat.axis()));
  }

  private static Pending expanded(NodeReader node) {
    return Movements.expanded(input(node, 0), node.required(1, "shape").longs());
  }

  private static Pending tiled(NodeReader node) {
    Constant x = input(node, 0);
    long[] repeats = node.required(1, "repeats").longs();
    if (repeats.length != x.rank()) {
      throw new InvalidInputException("expected %d repeats of %s".formatted(x.rank(), x));
    }
    return Movements.tiled(x, repeats);
  }

  private static Pending gathered(NodeReader node) {
    Constant x = input(node, 0);
    int axis = x.shape().axis(node.attributes().integer("axis", 0));
    return Movements.gathered(x, axis, node.required(1, "indices"));
  }

  private static Pending gatheredElements(NodeReader node) {
    Constant x = input(node, 0);
    int axis = x.shape().axis(node.attributes().integer("axis", 0));
    Constant indices = node.required(1, "indices");
    if (indices.rank() != x.rank()) {
      throw new InvalidInputException("indices %s of %s".formatted(indices, x));
    }
    return Movements.gatheredElements(x, axis, indices);
  }

  private static Pending padded(NodeReader node) {
    Constant x = input(node, 0);
    Pad pad = (Pad) new PadCodec().read(node);
    if (pad.pads().size() != 2 * x.rank()) {
      throw new InvalidInputException("pads %s of %s".formatted(pad.pads(), x));
    }
    Constant value = node.opset() < 11 ? null : node.constant(2);
    if (value == null) {
      ConstantWriter element = new ConstantWriter(x.type(), 1);
      element.put(0, pad.value());
      value = element.constant();
    }
    return Movements.padded(x, pad.mode(), pad.pads(), value);
  }

  private static Pending where(NodeReader node) {
    Constant yes = input(node, 1);
    Constant no = input(node, 2);
    if (yes.type() != no.type()) {
      throw new InvalidInputException("%s or %s are of two types".formatted(yes, no));
    }
    return Elementwise.where(input(node, 0), yes, no);
  }
}
