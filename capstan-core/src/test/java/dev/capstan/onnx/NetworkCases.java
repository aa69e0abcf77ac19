package dev.capstan.onnx;

import dev.capstan.testing.OnnxModels;

/** A small residual network with every operator, in the form each opset wants. */
final class NetworkCases {
  private final OnnxModels model;
  private final long opset;

  private NetworkCases(long opset) {
    this.opset = opset;
    this.model = OnnxModels.opset(opset);
  }

  static OnnxModels residual(long opset) {
    NetworkCases network = new NetworkCases(opset);
    network.stem();
    network.shortcut();
    network.block();
    network.head();
    return network.model;
  }

  private void stem() {
    model
        .input("image", "N", 3, 16, 16)
        .weights("stem.w", 8, 3, 3, 3)
        .node("Conv", "image stem.w", "stem", "pads", new long[] {1, 1, 1, 1});
    norm("stem", "stem.norm");
    model
        .node("Relu", "stem.norm", "stem.relu")
        .node(
            "MaxPool",
            "stem.relu",
            "pooled",
            "kernel_shape",
            new long[] {3, 3},
            "strides",
            new long[] {2, 2},
            "auto_pad",
            "SAME_UPPER");
  }

  private void norm(String from, String to) {
    for (String part : new String[] {".scale", ".shift", ".mean"}) {
      model.weights(to + part, 8);
    }
    float[] variance = {0.3f, 0.4f, 0.5f, 0.6f, 0.7f, 0.8f, 0.9f, 1};
    model.initializer(OnnxModels.floats(to + ".var", variance, 8));
    String statistics = " T.scale T.shift T.mean T.var".replace("T", to);
    model.node("BatchNormalization", from + statistics, to, "epsilon", 1e-3f);
  }

  /** Option A of the CIFAR networks: every second pixel, channels filled up with zeros. */
  private void shortcut() {
    long[] pads = {0, 4, 0, 0, 0, 4, 0, 0};
    if (opset < 10) {
      Object[] slice = {"starts", new long[] {1, 1}, "ends", new long[] {99, 99}};
      model.node(
          "Slice",
          "pooled",
          "even",
          slice[0],
          slice[1],
          slice[2],
          slice[3],
          "axes",
          new long[] {2, 3});
    } else {
      model.longs("from", 1, 1).longs("to", 99, 99).longs("axes", 2, 3).longs("steps", 2, 2);
      model.node("Slice", "pooled from to axes steps", "even");
    }
    if (opset < 11) {
      model.node("Pad", "even", "shortcut", "pads", pads);
    } else {
      model.longs("pads", pads).node("Pad", "even pads", "shortcut");
    }
  }

  private void block() {
    long[] strides = opset < 10 ? new long[] {1, 1} : new long[] {2, 2};
    model
        .weights("a.w", 8, 8, 3, 3)
        .weights("a.b", 8)
        .node("Conv", "pooled a.w a.b", "a", "strides", strides, "pads", padsOfBlock());
    norm("a", "a.norm");
    model.node("LeakyRelu", "a.norm", "a.relu", "alpha", 0.1f);
    model.weights("d.w", 8, 1, 3, 3);
    model.node("Conv", "a.relu d.w", "d", "group", 8, "pads", new long[] {1, 1, 1, 1});
    clip();
    model
        .weights("e.w", 16, 8, 1, 1)
        .node("Conv", "d.clip e.w", "e")
        .node("Add", "e shortcut", "sum")
        .node("Identity", "sum", "stream")
        .node("Sigmoid", "stream", "gate")
        .node("Concat", "stream gate", "both", "axis", 1);
  }

  /** Without steps, the slice at opset 9 leaves out the first row and column only. */
  private long[] padsOfBlock() {
    return opset < 10 ? new long[] {1, 1, 0, 0} : new long[] {1, 1, 1, 1};
  }

  private void clip() {
    if (opset < 11) {
      model.node("Clip", "d", "d.clip", "min", 0f, "max", 6f);
    } else {
      model.scalar("min", 0).scalar("max", 6).node("Clip", "d min max", "d.clip");
    }
  }

  private void head() {
    model
        .node("AveragePool", "both", "small", "kernel_shape", new long[] {2, 2})
        .node("GlobalAveragePool", "small", "global")
        .node("Flatten", "global", "flat");
    mean();
    model.longs("target", 0, -1).node("Reshape", "mean target", "reshaped");
    model.node("Add", "flat reshaped", "features");
    dropout();
    model
        .weights("fc.w", 20, 32)
        .weights("fc.b", 20)
        .node("Gemm", "dropped fc.w fc.b", "hidden", "transB", 1)
        .weights("out.w", 20, 10)
        .node("MatMul", "hidden out.w", "out")
        .weights("out.b", 10)
        .node("Add", "out out.b", "logits")
        .node("Softmax", "logits", "scores")
        .output("scores");
  }

  private void mean() {
    if (opset < 18) {
      model.node("ReduceMean", "small", "mean", "axes", new long[] {2, 3});
    } else {
      model.longs("planes", 2, 3).node("ReduceMean", "small planes", "mean");
    }
  }

  private void dropout() {
    if (opset < 12) {
      model.node("Dropout", "features", "dropped", "ratio", 0.25f);
    } else {
      model.scalar("ratio", 0.25f).node("Dropout", "features ratio", "dropped");
    }
  }
}
