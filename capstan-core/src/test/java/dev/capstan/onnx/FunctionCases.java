package dev.capstan.onnx;

import dev.capstan.testing.OnnxModels;
import java.util.List;
import java.util.function.UnaryOperator;

/** Functions of elements, reductions and normalizations. */
final class FunctionCases extends CaseTable {
  private static final int NEWEST = (int) ModelMetadata.MAX_OPSET;

  FunctionCases() {
    pointwise();
    parametric();
    arithmetic();
    reductions();
    normalizations();
    distributions();
  }

  private void pointwise() {
    for (int opset : new int[] {9, 13, NEWEST}) {
      for (String type :
          List.of(
              "Abs",
              "Ceil",
              "Cos",
              "Erf",
              "Exp",
              "Floor",
              "Neg",
              "Reciprocal",
              "Sign",
              "Sin",
              "Softplus",
              "Softsign",
              "Tanh")) {
        add(opset, IMAGE, type);
      }
      add(opset, IMAGE, FunctionCases::magnitude, "Log", "a");
      add(opset, IMAGE, FunctionCases::magnitude, "Sqrt", "a");
      add(opset, IMAGE, m -> m.scalar("h", 0.5f).node("Mul", "x h", "a"), "Cast", "a", "to", 1);
    }
    add(11, IMAGE, "Round");
    for (int opset : new int[] {14, NEWEST}) {
      add(opset, IMAGE, "HardSwish");
    }
    add(18, IMAGE, "Mish");
    for (int opset : new int[] {20, NEWEST}) {
      add(opset, IMAGE, "Gelu");
      add(opset, IMAGE, "Gelu", "approximate", "tanh");
    }
    // As exporters below opset 20 write Gelu.
    UnaryOperator<OnnxModels> gelu =
        m ->
            m.scalar("root", (float) Math.sqrt(2))
                .scalar("one", 1)
                .scalar("half", 0.5f)
                .node("Div", "x root", "d")
                .node("Erf", "d", "e")
                .node("Add", "e one", "s")
                .node("Mul", "x s", "p");
    add(13, IMAGE, gelu, "Mul", "p half");
    add(13, IMAGE, m -> m.node("Sigmoid", "x", "s"), "Mul", "x s");
  }

  private static OnnxModels magnitude(OnnxModels model) {
    return model.node("Abs", "x", "a");
  }

  private void parametric() {
    for (int opset : new int[] {9, 13, NEWEST}) {
      for (String type : List.of("Elu", "HardSigmoid", "Selu")) {
        add(opset, IMAGE, type);
        add(opset, IMAGE, type, "alpha", 0.3f);
      }
      add(opset, IMAGE, "Selu", "alpha", 1.2f, "gamma", 0.7f);
      add(opset, IMAGE, "HardSigmoid", "alpha", 0.9f, "beta", 0.4f);
    }
    for (int opset : new int[] {12, NEWEST}) {
      add(opset, IMAGE, "Celu", "alpha", 0.6f);
    }
    add(24, IMAGE, "Swish");
    add(24, IMAGE, "Swish", "alpha", 1.5f);
    for (int opset : new int[] {10, NEWEST}) {
      add(opset, IMAGE, "ThresholdedRelu");
      add(opset, IMAGE, "ThresholdedRelu", "alpha", 0.2f);
    }
  }

  private void arithmetic() {
    for (int opset : new int[] {7, 9, 12, 13, 14, NEWEST}) {
      for (String type : List.of("Sub", "Mul")) {
        add(opset, IMAGE, m -> m.weights("b", 4, 1, 1), type, "x b");
        add(opset, IMAGE, m -> m.weights("b", 3, 1, 4, 1, 8), type, "b x");
        add(opset, IMAGE, m -> m.scalar("b", 0.5f), type, "b x");
      }
      add(opset, IMAGE, m -> m.weights("w", 4, 1, 1).node("Abs", "w", "b"), "Div", "x b");
      add(opset, IMAGE, m -> m.weights("w", 4, 1, 1), "Div", "x w");
      UnaryOperator<OnnxModels> powers = m -> magnitude(m).weights("b", 4, 1, 1);
      add(opset, IMAGE, powers, "Pow", "a b");
      add(opset, IMAGE, m -> magnitude(m).scalar("b", 1.5f), "Pow", "a b");
      add(opset, IMAGE, m -> m.weights("s", 4, 1, 1), "PRelu", "x s");
      add(opset, IMAGE, m -> m.weights("s", 1), "PRelu", "x s");
    }
    for (int opset : new int[] {12, NEWEST}) {
      // The exponent may be of another type from here on.
      add(opset, IMAGE, m -> m.longs("b", 2), "Pow", "x b");
    }
    for (int opset : new int[] {8, 12, 13, NEWEST}) {
      for (String type : List.of("Min", "Max", "Sum", "Mean")) {
        add(opset, IMAGE, type);
        add(opset, IMAGE, m -> m.weights("b", 4, 1, 1), type, "x b");
        UnaryOperator<OnnxModels> three = m -> m.weights("b", 9, 1).weights("c", 2, 4, 1, 8);
        add(opset, IMAGE, three, type, "x b c");
      }
    }
  }

  private void reductions() {
    List<String> types =
        List.of(
            "ReduceL1",
            "ReduceL2",
            "ReduceLogSumExp",
            "ReduceMax",
            "ReduceMin",
            "ReduceProd",
            "ReduceSum",
            "ReduceSumSquare");
    for (String type : types) {
      boolean sum = type.equals("ReduceSum");
      for (int opset : sum ? new int[] {9, 11, 12} : new int[] {9, 11, 13, 17}) {
        add(opset, IMAGE, type, "axes", new long[] {1, 3});
        add(opset, IMAGE, type, "axes", new long[] {2, 3}, "keepdims", 0);
        add(opset, IMAGE, type, "keepdims", 0);
      }
      for (int opset : sum ? new int[] {13, 18, NEWEST} : new int[] {18, NEWEST}) {
        add(opset, IMAGE, m -> m.longs("a", 2, -1), type, "x a");
        add(opset, IMAGE, m -> m.longs("a", 1), type, "x a", "keepdims", 0);
        add(opset, IMAGE, type);
        if (!type.equals("ReduceSumSquare")) {
          add(opset, IMAGE, type, "noop_with_empty_axes", 1);
        }
      }
    }
    for (int opset : new int[] {9, NEWEST}) {
      add(opset, IMAGE, "GlobalMaxPool");
      add(opset, IMAGE, "LRN", "size", 3);
      add(opset, IMAGE, "LRN", "size", 5, "alpha", 0.5f, "beta", 0.6f, "bias", 2f);
    }
    long[] kernel = {3, 2};
    for (int opset : new int[] {9, 11, 18, NEWEST}) {
      add(opset, IMAGE, "LpPool", "kernel_shape", kernel, "strides", new long[] {2, 1});
      long[] pads = {1, 0, 1, 1};
      add(opset, IMAGE, "LpPool", "kernel_shape", kernel, "pads", pads, "p", 1);
      add(opset, IMAGE, "LpPool", "kernel_shape", kernel, "p", 3);
    }
  }

  private void normalizations() {
    for (int opset : new int[] {9, NEWEST}) {
      add(opset, IMAGE, FunctionCases::perChannel, "InstanceNormalization", "x s b");
      Object[] epsilon = {"x s b", "epsilon", 1e-2f};
      add(opset, IMAGE, FunctionCases::perChannel, "InstanceNormalization", epsilon);
    }
    for (int opset : new int[] {17, NEWEST}) {
      add(opset, IMAGE, m -> m.weights("s", 8), "LayerNormalization", "x s");
      UnaryOperator<OnnxModels> inner = m -> m.weights("s", 4, 9, 8).weights("b", 4, 9, 8);
      add(opset, IMAGE, inner, "LayerNormalization", "x s b", "axis", 1, "epsilon", 1e-3f);
    }
    UnaryOperator<OnnxModels> perGroup = m -> m.weights("s", 2).weights("b", 2);
    add(18, IMAGE, perGroup, "GroupNormalization", "x s b", "num_groups", 2);
    for (int opset : new int[] {21, NEWEST}) {
      Object[] groups = {"x s b", "num_groups", 2, "epsilon", 1e-3f};
      add(opset, IMAGE, FunctionCases::perChannel, "GroupNormalization", groups);
    }
  }

  private static OnnxModels perChannel(OnnxModels model) {
    return model.weights("s", 4).weights("b", 4);
  }

  private void distributions() {
    for (int opset : new int[] {9, 12, 13, NEWEST}) {
      add(opset, IMAGE, "LogSoftmax");
      add(opset, IMAGE, "LogSoftmax", "axis", 2);
      add(opset, IMAGE, "LogSoftmax", "axis", 3);
    }
  }
}
