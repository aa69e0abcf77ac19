package dev.capstan.onnx;

import ai.onnx.proto.OnnxMl.NodeProto;
import ai.onnx.proto.OnnxMl.TensorProto;
import dev.capstan.error.InvalidInputException;
import dev.capstan.graph.Constant;
import dev.capstan.graph.Shape;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/** A node that is being read: what its codec may ask. */
final class NodeReader {
  private final NodeProto proto;
  private final Scope scope;
  private final Attributes attributes;
  private final Set<Integer> folded = new TreeSet<>();
  private @Nullable String like;

  /**
   * Extents for an operator that gives its input others along axes 2 and up.
   *
   * @param extents one an axis, -1 where it is the input's own; up to axis 2 if there is {@code
   *     like}
   * @param like the tensor whose extents are meant from axis 2 on, or null
   */
  record Sizes(List<Long> extents, @Nullable String like) {}

  /** What is known where a node stands. */
  interface Scope {
    /** Version of the operator set. */
    long opset();

    /** Whether something reads the value, or it is given out. */
    boolean isUsed(String value);

    /** Whether a value goes to nodes of one operator alone. */
    boolean isReadBy(String value, String type);

    /** The constant of this name, or null if a run gives it. */
    @Nullable Constant constant(String value);

    /** A tensor that stands in an attribute. */
    Constant constant(TensorProto tensor);

    /** The shape of a value that is given before the node. */
    Shape shape(String value);

    /** What a computed list of extents means as target of a Reshape, or null if it is none. */
    @Nullable List<Long> target(String value, String input);

    /** Whether a computed list of extents is the shape of another value. */
    boolean isShape(String value, String of);

    /** What a list of extents means for one that resizes {@code input}, or null if it is none. */
    @Nullable Sizes sizes(String value, String input);
  }

  NodeReader(NodeProto proto, Scope scope) {
    this.proto = proto;
    this.scope = scope;
    this.attributes = new Attributes(proto.getAttributeList());
  }

  /** Version of the operator set. */
  long opset() {
    return scope.opset();
  }

  Attributes attributes() {
    return attributes;
  }

  /** Number of inputs, those left out counted. */
  int count() {
    return proto.getInputCount();
  }

  /** Number of outputs the node names. */
  int outputs() {
    return (int) proto.getOutputList().stream().filter(name -> !name.isEmpty()).count();
  }

  /** Whether something reads an output, or it is given out. */
  boolean isUsed(int output) {
    return output < proto.getOutputCount() && scope.isUsed(proto.getOutput(output));
  }

  /** Whether an output goes to nodes of one operator alone. */
  boolean isReadBy(int output, String type) {
    return scope.isReadBy(proto.getOutput(output), type);
  }

  /** The error of a node that a graph cannot hold. */
  UnsupportedException unsupported(String what) {
    return new UnsupportedException(what + " is not supported");
  }

  private boolean has(int index) {
    return index < proto.getInputCount() && !proto.getInput(index).isEmpty();
  }

  /** The constant at an input, or null if a run gives it or it is left out. */
  @Nullable Constant constant(int index) {
    return has(index) ? scope.constant(proto.getInput(index)) : null;
  }

  /** The constant that an attribute holds. */
  Constant constant(TensorProto tensor) {
    return scope.constant(tensor);
  }

  /** The shape of an input that is there. */
  Shape shape(int index) {
    return scope.shape(proto.getInput(index));
  }

  /**
   * The constant at an input, which becomes part of the operator and is no input any more.
   *
   * @return null if the optional input is left out
   */
  @Nullable Constant folded(int index, String role) {
    folded.add(index);
    Constant constant = constant(index);
    if (constant == null && has(index)) {
      throw new UnsupportedException(
          "input %d (%s) is '%s', which a run computes; expected a constant"
              .formatted(index, role, proto.getInput(index)));
    }
    return constant;
  }

  /** Integers that are an attribute below some opset and an input from there on, or null. */
  @Nullable List<Long> integers(String name, long firstWithInput, int index) {
    if (opset() < firstWithInput) {
      return attributes.integers(name);
    }
    Constant constant = folded(index, name);
    return constant == null ? null : Numbers.longs(constant);
  }

  /** Like {@link #folded}, for an input the operator cannot do without. */
  Constant required(int index, String role) {
    Constant constant = folded(index, role);
    if (constant == null) {
      throw new InvalidInputException("input %d (%s) is missing".formatted(index, role));
    }
    return constant;
  }

  /**
   * The extents an input lists. Where they are those of another tensor, that takes its place.
   *
   * @return null if it lists none
   */
  @Nullable Sizes sizes(int index) {
    folded.add(index);
    if (!has(index)) {
      return null;
    }
    Sizes sizes = scope.sizes(proto.getInput(index), proto.getInput(0));
    if (sizes == null) {
      throw unsupported(
          "input %d, extents that a run computes as '%s',".formatted(index, proto.getInput(index)));
    }
    like = sizes.like();
    return sizes;
  }

  /** The target of a Reshape that comes from shapes the model asks for; null for a constant one. */
  @Nullable List<Long> computedTarget() {
    if (!has(1) || constant(1) != null) {
      return null;
    }
    List<Long> target = scope.target(proto.getInput(1), proto.getInput(0));
    if (target != null) {
      folded.add(1);
    }
    return target;
  }

  /** The inputs that stay, those left out at the end dropped. */
  List<String> inputs() {
    List<String> kept = new ArrayList<>();
    for (int i = 0; i < proto.getInputCount(); i++) {
      if (!folded.contains(i)) {
        kept.add(proto.getInput(i));
      }
    }
    while (!kept.isEmpty() && kept.get(kept.size() - 1).isEmpty()) {
      kept.remove(kept.size() - 1);
    }
    if (like != null) {
      kept.add(like);
    }
    return kept;
  }
}
