package dev.capstan.onnx;

import dev.capstan.array.Pending;
import dev.capstan.graph.Constant;
import dev.capstan.graph.DataType;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** The table of what is computed from constants while a file is read, by ONNX's names. */
final class ConstantKernels {
  private static final Map<String, ConstantKernel> TABLE = new HashMap<>();

  static {
    TABLE.putAll(ConstantSources.TABLE);
    TABLE.putAll(ConstantMovements.TABLE);
    TABLE.putAll(ConstantArithmetic.TABLE);
    TABLE.putAll(ConstantStatistics.TABLE);
  }

  private ConstantKernels() {}

  /** What makes arrays of a node's constants; an {@link UnsupportedException} leaves them. */
  @FunctionalInterface
  interface ConstantKernel {
    /** The node's outputs, in order; further ones are not computed. */
    List<Pending> outputs(NodeReader node);
  }

  /** The kernel of an operator, null if there is none. */
  static @Nullable ConstantKernel of(String type) {
    return TABLE.get(type);
  }

  /** Names of the operators. */
  static Set<String> types() {
    return Set.copyOf(TABLE.keySet());
  }

  /** An input that the operator cannot do without. */
  static Constant input(NodeReader node, int index) {
    Constant constant = node.folded(index, "operand");
    if (constant == null) {
      throw node.unsupported("leaving out input " + index);
    }
    return constant;
  }

  /** An input whose elements Java can compute with. */
  static Constant number(NodeReader node, int index) {
    Constant constant = input(node, index);
    if (constant.type() == DataType.UINT64) {
      throw node.unsupported("arithmetic of uint64");
    }
    return constant;
  }
}
