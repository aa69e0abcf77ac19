package dev.capstan.onnx;

import ai.onnx.proto.OnnxMl.NodeProto;
import dev.capstan.graph.Constant;
import dev.capstan.graph.Node;
import dev.capstan.graph.Shape;
import dev.capstan.graph.op.GroupNormalization;
import dev.capstan.graph.op.InstanceNormalization;
import dev.capstan.graph.op.Reshape;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * A normalization of groups as exporters spell it: N x C x ... reshaped to N x G x -1, an
 * InstanceNormalization of the G groups, and the first shape again. Taken together, channels are
 * found again behind it, whatever extents are left open.
 */
final class GroupedNorms {
  private final NodeReader.Scope scope;
  private final Function<String, @Nullable Node> producers;
  private final Map<String, String> bypassed = new HashMap<>();

  /**
   * What reads such nodes.
   *
   * @param producers the node that gives a value, null if there is none
   */
  GroupedNorms(NodeReader.Scope scope, Function<String, @Nullable Node> producers) {
    this.scope = scope;
    this.producers = producers;
  }

  /** The normalization that ends with a node, null if none does. */
  @Nullable Node read(NodeProto joined) {
    boolean reshapes =
        NodeParser.isStandard(joined.getDomain())
            && joined.getOpType().equals("Reshape")
            && joined.getInputCount() == 2;
    Node norm = reshapes ? producers.apply(joined.getInput(0)) : null;
    if (norm == null || !(norm.operator() instanceof InstanceNormalization each)) {
      return null;
    }
    Node cut = producers.apply(norm.inputs().get(0));
    if (cut == null || !(cut.operator() instanceof Reshape) || !isWhole(cut, joined)) {
      return null;
    }
    bypassed.put(norm.output(), joined.getName());
    bypassed.put(cut.output(), norm.name());
    int groups = Math.toIntExact(scope.shape(cut.output()).size(1));
    return new Node(
        joined.getName(),
        new GroupNormalization(each.epsilon(), groups, true),
        List.of(cut.inputs().get(0), norm.inputs().get(1), norm.inputs().get(2)),
        List.of(joined.getOutput(0)),
        joined.getDocString());
  }

  /** Whether channels alone are cut into groups, and the shape before is given back. */
  private boolean isWhole(Node cut, NodeProto joined) {
    String x = cut.inputs().get(0);
    Shape before = scope.shape(x);
    Shape groups = scope.shape(cut.output());
    return before.rank() > 2
        && groups.rank() > 2
        && groups.size(1) > 0
        && before.size(1) > 0
        && before.size(1) % groups.size(1) == 0
        && keepsBatch((Reshape) cut.operator(), before, groups)
        && givesBack(joined.getInput(1), x, before);
  }

  private static boolean keepsBatch(Reshape cut, Shape before, Shape groups) {
    boolean copied = cut.target().get(0) == 0 && !cut.allowZero();
    boolean named = !before.dims().get(0).symbol().isEmpty() || before.dims().get(0).isKnown();
    return copied || (named && before.dims().get(0).equals(groups.dims().get(0)));
  }

  /** Whether a target is the shape of a value, the batch copied or left over perhaps. */
  private boolean givesBack(String target, String value, Shape shape) {
    Constant constant = scope.constant(target);
    if (constant == null) {
      return scope.isShape(target, value);
    }
    List<Long> sizes = Numbers.longs(constant);
    boolean same = sizes.size() == shape.rank();
    for (int axis = 0; same && axis < sizes.size(); axis++) {
      long size = sizes.get(axis);
      same = size == -1 || size == shape.size(axis) || (size == 0 && axis == 0);
    }
    return same && sizes.stream().filter(size -> size == -1).count() <= 1;
  }

  /** Values that nodes read no more, with the names of the nodes that read them in the file. */
  Map<String, String> bypassed() {
    return bypassed;
  }
}
