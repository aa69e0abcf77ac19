package dev.capstan.onnx;

import ai.onnx.proto.OnnxMl.TensorProto;
import dev.capstan.testing.OnnxModels;
import java.util.List;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;

/**
 * One small model for each operator, opset form and set of attributes: the operators of plain
 * networks first.
 */
public final class OperatorCases extends CaseTable {
  private OperatorCases() {}

  /** All cases. */
  public static Stream<Case> all() {
    OperatorCases all = new OperatorCases();
    all.convolutions();
    all.pools();
    all.pointwise();
    all.products();
    all.sumsOfProducts();
    all.reductions();
    all.reshapes();
    all.pads();
    all.slices();
    return Stream.of(all.cases(), new FunctionCases().cases(), new LayoutCases().cases())
        .flatMap(List::stream);
  }

  private void convolutions() {
    for (int opset : new int[] {9, 10, 11, 13, 17, 21}) {
      conv(opset, "kernel_shape", new long[] {3, 3}, "pads", new long[] {1, 0, 2, 1});
      conv(opset, "strides", new long[] {2, 3}, "dilations", new long[] {2, 1});
      conv(opset, "auto_pad", "SAME_UPPER", "strides", new long[] {2, 2});
      conv(opset, "auto_pad", "SAME_LOWER", "strides", new long[] {2, 3});
      conv(opset, "auto_pad", "VALID", "dilations", new long[] {2, 2});
    }
    add(17, IMAGE, m -> m.weights("w", 5, 4, 3, 2), "Conv", "x w");
    add(17, IMAGE, m -> m.weights("w", 6, 2, 3, 3), "Conv", "x w", "group", 2);
    add(17, IMAGE, m -> m.weights("w", 4, 1, 3, 3).weights("b", 4), "Conv", "x w b", "group", 4);
    add(17, new long[] {2, 4, 9}, m -> m.weights("w", 3, 4, 3), "Conv", "x w");
    add(
        17,
        new long[] {1, 2, 5, 6, 7},
        m -> m.weights("w", 3, 2, 2, 2, 3),
        "Conv",
        "x w",
        "pads",
        new long[] {0, 1, 1, 1, 0, 1});
    for (int opset : new int[] {9, 13, 14, 15, 21}) {
      add(opset, IMAGE, OperatorCases::statistics, "BatchNormalization", "x s b m v");
      Object[] epsilon = {"x s b m v", "epsilon", 1e-2f, "momentum", 0.5f};
      add(opset, IMAGE, OperatorCases::statistics, "BatchNormalization", epsilon);
    }
  }

  private void conv(int opset, Object... attributes) {
    Object[] rest = new Object[attributes.length + 1];
    rest[0] = "x w b";
    System.arraycopy(attributes, 0, rest, 1, attributes.length);
    add(opset, IMAGE, m -> m.weights("w", 5, 4, 3, 3).weights("b", 5), "Conv", rest);
  }

  private static OnnxModels statistics(OnnxModels model) {
    float[] variance = {0.5f, 1, 2, 0.1f};
    return model
        .weights("s", 4)
        .weights("b", 4)
        .weights("m", 4)
        .initializer(OnnxModels.floats("v", variance, 4));
  }

  private void pools() {
    long[] kernel = {3, 2};
    long[] strides = {2, 2};
    for (String type : List.of("MaxPool", "AveragePool")) {
      for (int opset : new int[] {9, 10, 11, 12, 18, 19, 21}) {
        add(opset, IMAGE, type, "kernel_shape", kernel);
        long[] pads = {1, 0, 2, 1};
        add(opset, IMAGE, type, "kernel_shape", kernel, "strides", strides, "pads", pads);
        for (String auto : List.of("SAME_UPPER", "SAME_LOWER", "VALID")) {
          add(opset, IMAGE, type, "kernel_shape", kernel, "strides", strides, "auto_pad", auto);
        }
        if (opset >= 10) {
          add(opset, IMAGE, type, "kernel_shape", kernel, "strides", strides, "ceil_mode", 1);
        }
      }
      for (long stride = 1; stride <= 4; stride++) {
        long[] step = {stride, stride};
        for (long pad = 0; pad <= 2; pad++) {
          long[] pads = {pad, 1, 1, pad};
          Object[] all = {
            "kernel_shape", new long[] {3, 3}, "strides", step, "pads", pads, "ceil_mode", 1
          };
          add(21, IMAGE, type, all);
          add(21, new long[] {1, 2, 7, 6}, type, all);
        }
      }
      add(21, IMAGE, type, "kernel_shape", kernel, "dilations", new long[] {2, 3});
      add(21, new long[] {2, 3, 9}, type, "kernel_shape", new long[] {4});
      add(21, IMAGE, "GlobalAveragePool");
    }
    add(11, IMAGE, "MaxPool", "kernel_shape", kernel, "dilations", new long[] {3, 1});
    add(11, IMAGE, "MaxPool", "kernel_shape", kernel, "storage_order", 1);
    for (int opset : new int[] {9, 11, 19}) {
      Object[] padded = {
        "kernel_shape", kernel, "pads", new long[] {1, 1, 1, 1}, "count_include_pad", 1
      };
      add(opset, IMAGE, "AveragePool", padded);
    }
    add(9, IMAGE, "GlobalAveragePool");
  }

  private void pointwise() {
    for (int opset : new int[] {9, 11, 13, 14, 16, 21}) {
      for (String type : List.of("Relu", "Sigmoid", "Identity", "LeakyRelu", "Softmax")) {
        add(opset, IMAGE, type);
      }
      add(opset, IMAGE, "LeakyRelu", "alpha", 0.3f);
      add(opset, IMAGE, "Softmax", "axis", 2);
      add(opset, IMAGE, "Softmax", "axis", 3);
      add(opset, IMAGE, "Dropout");
      add(opset, IMAGE, m -> m.weights("b", 4, 1, 1), "Add", "x b");
      add(opset, IMAGE, m -> m.weights("b", 3, 1, 4, 1, 8), "Add", "b x");
      add(opset, IMAGE, m -> m.scalar("b", 0.5f), "Add", "x b");
      add(opset, IMAGE, m -> m.weights("b", 2, 3, 9, 8), "Concat", "x b x", "axis", 1);
    }
    add(11, IMAGE, "Softmax", "axis", -2);
    add(13, IMAGE, "Softmax", "axis", -3);
    add(11, IMAGE, m -> m.weights("b", 2, 4, 9, 3), "Concat", "x b", "axis", -1);
    for (int opset : new int[] {9, 10}) {
      add(opset, IMAGE, "Clip", "min", -0.3f, "max", 0.4f);
      add(opset, IMAGE, "Clip", "max", 0.1f);
      add(opset, IMAGE, "Dropout", "ratio", 0.2f);
    }
    for (int opset : new int[] {11, 12, 13, 21}) {
      UnaryOperator<OnnxModels> limits = m -> m.scalar("a", -0.3f).scalar("b", 0.4f);
      add(opset, IMAGE, limits, "Clip", "x a b");
      add(opset, IMAGE, limits, "Clip", "x _ b");
      add(opset, IMAGE, limits, "Clip", "x a");
      add(opset, IMAGE, "Clip");
      UnaryOperator<OnnxModels> node =
          m -> m.node("Constant", "", "a", "value", OnnxModels.floats("", new float[] {0.25f}));
      add(opset, IMAGE, node, "Clip", "x a");
    }
    TensorProto one = OnnxModels.longTensor("b", 1).toBuilder().clearDims().build();
    UnaryOperator<OnnxModels> whole =
        m ->
            m.initializer(one)
                .scalar("k", 3)
                .node("Mul", "x k", "m")
                .node("Cast", "m", "w", "to", 7)
                .node("Clip", "w _ b", "l");
    add(13, IMAGE, whole, "Cast", "l", "to", 1);
    for (int opset : new int[] {12, 13, 21}) {
      UnaryOperator<OnnxModels> ratio =
          m -> m.scalar("r", 0.2f).node("Constant", "", "t", "value", bool(false));
      add(opset, IMAGE, ratio, "Dropout", "x r");
      add(opset, IMAGE, ratio, "Dropout", "x r t");
      add(opset, IMAGE, ratio, "Dropout", "x _ t", "seed", 3);
    }
  }

  static TensorProto bool(boolean value) {
    return TensorProto.newBuilder().setDataType(9).addInt32Data(value ? 1 : 0).build();
  }

  private void products() {
    long[] rows = {3, 4};
    for (int opset : new int[] {9, 11, 13, 21}) {
      add(opset, rows, m -> m.weights("w", 4, 5).weights("b", 5), "Gemm", "x w b");
      Object[] linear = {"x w b", "transB", 1, "alpha", 0.5f, "beta", 2f};
      add(opset, rows, m -> m.weights("w", 5, 4).weights("b", 1, 5), "Gemm", linear);
      add(opset, rows, m -> m.weights("w", 3, 5).scalar("b", 1), "Gemm", "x w b", "transA", 1);
      add(opset, rows, m -> m.weights("w", 4, 6), "MatMul", "x w");
      add(opset, IMAGE, m -> m.weights("w", 8, 6), "MatMul", "x w");
      add(opset, IMAGE, m -> m.weights("w", 1, 4, 8, 6), "MatMul", "x w");
      add(opset, IMAGE, m -> m.weights("w", 2, 1, 5, 9), "MatMul", "w x");
    }
    add(11, rows, m -> m.weights("w", 4, 5), "Gemm", "x w");
    add(13, new long[] {3, 2, 4}, m -> m.weights("w", 5, 3, 4, 2), "MatMul", "x w");
    add(13, rows, m -> m.weights("w", 4), "MatMul", "x w");
    add(13, rows, m -> m.weights("w", 3), "MatMul", "w x");
    add(13, rows, m -> m.weights("w", 2, 4, 5), "MatMul", "x w");
  }

  private void sumsOfProducts() {
    for (int opset : new int[] {12, 13, 21}) {
      einsum(opset, "bhqd,bhkd->bhqk", 2, 4, 5, 8);
      einsum(opset, "bhqk,bhkd->bqhd", 2, 4, 8, 3);
      einsum(opset, "bchw,oc->bohw", 5, 4);
      einsum(opset, "bchw,bhwd->cd", 2, 9, 8, 3);
      einsum(opset, "bchw,c->bchw", 4);
      einsum(opset, "bchw,d->bcd", 3);
      einsum(opset, "...hw,wk->...hk", 8, 3);
      einsum(opset, "b...,...->b...", 4, 9, 8);
      einsum(opset, " zchw , zwa ", 2, 8, 5);
      for (String alone : List.of("bchw->bhwc", "bchw->wb", "bchw->", "...w->...", "bchw")) {
        add(opset, IMAGE, "Einsum", "equation", alone);
      }
      add(opset, new long[] {2, 3, 4, 4}, "Einsum", "equation", "bcii->ci");
      add(opset, IMAGE, m -> m, "Einsum", "x x", "equation", "bchw,bchw->bc");
      add(
          opset,
          IMAGE,
          m -> m.weights("v", 4, 5),
          "Einsum",
          "x v v",
          "equation",
          "bchw,cd,ed->beh");
    }
  }

  /** Of x and weights of these extents. */
  private void einsum(int opset, String equation, long... weights) {
    add(opset, IMAGE, m -> m.weights("w", weights), "Einsum", "x w", "equation", equation);
  }

  private void reductions() {
    for (int opset : new int[] {9, 11, 13, 17}) {
      add(opset, IMAGE, "ReduceMean", "axes", new long[] {2, 3});
      add(opset, IMAGE, "ReduceMean", "axes", new long[] {1, 2}, "keepdims", 0);
      add(opset, IMAGE, "ReduceMean");
    }
    add(11, IMAGE, "ReduceMean", "axes", new long[] {-1, -3}, "keepdims", 0);
    for (int opset : new int[] {18, 21}) {
      add(opset, IMAGE, m -> m.longs("a", 2, 3), "ReduceMean", "x a");
      add(opset, IMAGE, m -> m.longs("a", -1), "ReduceMean", "x a", "keepdims", 0);
      add(opset, IMAGE, "ReduceMean", "keepdims", 0);
      add(opset, IMAGE, "ReduceMean", "noop_with_empty_axes", 1);
    }
  }

  private void reshapes() {
    for (int opset : new int[] {9, 11, 13, 21}) {
      add(opset, IMAGE, "Flatten");
      for (int axis = 0; axis <= 4; axis++) {
        add(opset, IMAGE, "Flatten", "axis", axis);
      }
      add(opset, IMAGE, m -> m.longs("s", 0, -1), "Reshape", "x s");
      add(opset, IMAGE, m -> m.longs("s", -1, 288), "Reshape", "x s");
      add(opset, IMAGE, m -> m.longs("s", 0, 2, -1, 0, 2), "Reshape", "x s");
      add(opset, IMAGE, m -> m.longs("s", 2, 3, 12, 8), "Reshape", "x s");
      add(opset, IMAGE, m -> m.longs("s", -1), "Reshape", "x s");
    }
    add(11, IMAGE, "Flatten", "axis", -3);
    add(14, IMAGE, m -> m.longs("s", 0, 4, -1), "Reshape", "x s", "allowzero", 0);
    add(14, new long[] {0, 3}, m -> m.longs("s", 3, 0), "Reshape", "x s", "allowzero", 1);
  }

  private void pads() {
    long[] some = {0, 1, 2, 0, 0, 0, 1, 3};
    long[] crop = {0, 0, -1, 2, 0, 1, 1, -2};
    for (String mode : List.of("constant", "reflect", "edge")) {
      for (int opset : new int[] {9, 10}) {
        add(opset, IMAGE, "Pad", "pads", some, "mode", mode);
      }
      for (int opset : new int[] {11, 13, 18, 19, 21}) {
        add(opset, IMAGE, m -> m.longs("p", some), "Pad", "x p", "mode", mode);
      }
    }
    add(9, IMAGE, "Pad", "pads", some, "value", 1.5f);
    add(17, IMAGE, m -> m.longs("p", 0, 0, 1, 2, 0, 0, 0, 1), "Pad", "x p");
    add(9, IMAGE, "Pad", "pads", crop);
    for (int opset : new int[] {11, 13, 18, 21}) {
      add(opset, IMAGE, m -> m.longs("p", some).scalar("v", 2), "Pad", "x p v");
      add(opset, IMAGE, m -> m.longs("p", crop), "Pad", "x p");
    }
    add(18, IMAGE, m -> m.longs("p", 1, 2, 3, 4).longs("a", -1, 1), "Pad", "x p _ a");
    for (int opset : new int[] {11, 18, 19}) {
      add(opset, IMAGE, m -> m.longs("p", some), "Pad", "x p", "mode", "wrap");
    }
  }

  private void slices() {
    long[] starts = {1, -5};
    long[] ends = {3, Long.MAX_VALUE};
    add(9, IMAGE, "Slice", "starts", starts, "ends", ends, "axes", new long[] {1, 3});
    add(9, IMAGE, "Slice", "starts", starts, "ends", new long[] {2, 3});
    long[][] steps = {{1, 1}, {2, 3}, {-1, -2}, {-3, 2}};
    long[][] froms = {{0, 0}, {-1, 7}, {5, -3}, {100, -100}};
    long[][] tos = {{9, -1}, {-100, 0}, {Long.MIN_VALUE, Long.MAX_VALUE}, {2, 2}};
    for (int opset : new int[] {10, 11, 13, 21}) {
      UnaryOperator<OnnxModels> bounds = m -> m.longs("s", starts).longs("e", ends);
      add(opset, IMAGE, bounds, "Slice", "x s e");
      add(opset, IMAGE, m -> bounds.apply(m).longs("a", 2, 1), "Slice", "x s e a");
      add(opset, IMAGE, m -> bounds.apply(m).longs("t", 1, 2), "Slice", "x s e _ t");
    }
    for (long[] step : steps) {
      for (long[] from : froms) {
        for (long[] to : tos) {
          UnaryOperator<OnnxModels> all =
              m -> m.longs("s", from).longs("e", to).longs("a", -2, 3).longs("t", step);
          add(13, IMAGE, all, "Slice", "x s e a t");
        }
      }
    }
  }
}
