package dev.capstan.onnx;

import static dev.capstan.onnx.ConstantKernels.number;

import dev.capstan.array.BatchNorm;
import dev.capstan.array.Pending;
import dev.capstan.array.Reductions;
import dev.capstan.graph.Constant;
import dev.capstan.onnx.ConstantKernels.ConstantKernel;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;

/** Sums and means of elements, and what is normalized by them. */
final class ConstantStatistics {
  static final Map<String, ConstantKernel> TABLE = new HashMap<>();

  static {
    reduction("ReduceSum", Reductions.SUM, 13);
    reduction("ReduceMean", Reductions.MEAN, 18);
    reduction("ReduceProd", Reductions.PROD, 18);
    reduction("ReduceMax", Reductions.MAX, 18);
    reduction("ReduceMin", Reductions.MIN, 18);
    reduction("ReduceL1", Reductions.L1, 18);
    reduction("ReduceL2", Reductions.L2, 18);
    reduction("ReduceSumSquare", Reductions.SUM_SQUARE, 18);
    TABLE.put("BatchNormalization", ConstantStatistics::batchNorm);
  }

  private ConstantStatistics() {}

  /** The axes are an attribute below some opset, an input from there on; none means all. */
  private static void reduction(String type, Reductions function, long firstWithInput) {
    TABLE.put(type, node -> List.of(reduced(node, function, firstWithInput)));
  }

  private static Pending reduced(NodeReader node, Reductions function, long firstWithInput) {
    Constant x = number(node, 0);
    List<Long> axes = node.integers("axes", firstWithInput, 1);
    boolean keep = node.attributes().flag("keepdims", true);
    boolean noop = node.attributes().flag("noop_with_empty_axes", false);
    boolean none = axes == null || axes.isEmpty();
    if (x.elements() == 0 || (none && noop)) {
      throw node.unsupported("reducing nothing");
    }
    List<Integer> reduced =
        none || axes == null
            ? IntStream.range(0, x.rank()).boxed().toList()
            : axes.stream().map(x.shape()::axis).distinct().toList();
    return function.of(x, reduced, keep);
  }

  /** Below opset 14 it is the number of outputs that tells training from inference. */
  private static List<Pending> batchNorm(NodeReader node) {
    Attributes attributes = node.attributes();
    double epsilon = attributes.number("epsilon", 1e-5f);
    double momentum = attributes.number("momentum", 0.9f);
    attributes.require("spatial", 1);
    Constant x = number(node, 0);
    BatchNorm norm =
        new BatchNorm(number(node, 1), number(node, 2), number(node, 3), number(node, 4), epsilon);
    if (node.opset() >= 14) {
      return attributes.flag("training_mode", false)
          ? norm.train(x, momentum)
          : List.of(norm.apply(x));
    }
    return node.outputs() > 1 ? norm.train(x, momentum).subList(0, 1) : List.of(norm.apply(x));
  }
}
