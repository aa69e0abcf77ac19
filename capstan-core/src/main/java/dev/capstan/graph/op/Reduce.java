package dev.capstan.graph.op;

import java.util.List;

/**
 * Sum, largest element or the like over some axes; {@link ReduceMean} is a class of its own.
 *
 * @param function what is made of the elements
 * @param axes which ones; none means all, negative ones count from the end
 * @param keepDims whether they stay with extent 1
 */
public record Reduce(Function function, List<Integer> axes, boolean keepDims) implements Reduction {
  /** What is made of the elements. */
  public enum Function {
    /** Sum of the magnitudes. */
    L1("ReduceL1"),
    /** Root of the sum of the squares. */
    L2("ReduceL2"),
    LOG_SUM_EXP("ReduceLogSumExp"),
    MAX("ReduceMax"),
    MIN("ReduceMin"),
    PROD("ReduceProd"),
    SUM("ReduceSum"),
    SUM_SQUARE("ReduceSumSquare");

    private final String type;

    Function(String type) {
      this.type = type;
    }

    /** The operator's name in ONNX. */
    public String type() {
      return type;
    }
  }

  /** Copies the list. */
  public Reduce {
    axes = List.copyOf(axes);
  }

  @Override
  public String type() {
    return function.type;
  }
}
