package dev.capstan.testing;

/**
 * A detector whose tail makes shares of its scores and keeps the best of its boxes, at 8 x 8
 * places. The tail begins where rows are cut off after a number that is computed from the image.
 */
public final class Detector {
  private Detector() {}

  /** Without outputs: N x 3 x 8 x 8 raw scores, N x 4 x 8 x 8 boxes, and a map before both. */
  public static OnnxModels heads() {
    return OnnxModels.opset(13)
        .input("x", "N", 3, 16, 16)
        .weights("w1", 16, 3, 3, 3)
        .node("Conv", "x w1", "h1", "pads", new long[] {1, 1, 1, 1}, "strides", new long[] {2, 2})
        .node("Relu", "h1", "a1")
        .weights("w2", 16, 16, 3, 3)
        .node("Conv", "a1 w2", "h2", "pads", new long[] {1, 1, 1, 1})
        .node("Relu", "h2", "map")
        .weights("ws", 3, 16, 1, 1)
        .node("Conv", "map ws", "raw_scores")
        .weights("wb", 4, 16, 1, 1)
        .node("Conv", "map wb", "raw_boxes");
  }

  /** Whole: it gives which boxes are kept. */
  public static OnnxModels whole() {
    return kept("Sigmoid").output("found");
  }

  /** The same where something beside asks for the extents of its map. */
  public static OnnxModels withExtents() {
    return kept("Sigmoid")
        .node("Shape", "map", "extents")
        .longs("first", 0)
        .node("CumSum", "extents first", "sums")
        .node("Cast", "sums", "sizes", "to", 1)
        .output("found")
        .output("sizes");
  }

  /** The same that makes shares by another operator, without an output. */
  public static OnnxModels kept(String shares, Object... attributes) {
    return heads()
        .node("ReduceMax", "x", "largest", "keepdims", 0)
        .scalar("zero", 0)
        .node("Mul", "largest zero", "nothing")
        .scalar("rows", 8)
        .node("Add", "nothing rows", "all")
        .node("Cast", "all", "whole", "to", 7)
        .longs("one", 1)
        .node("Reshape", "whole one", "end")
        .longs("start", 0)
        .longs("height", 2)
        .node("Slice", "raw_scores start end height", "near_scores")
        .longs("score_shape", 0, 3, 64)
        .node("Reshape", "near_scores score_shape", "score_rows")
        .node(shares, "score_rows", "scores", attributes)
        .node("Slice", "raw_boxes start end height", "near_boxes")
        .longs("box_shape", 0, 4, 64)
        .node("Reshape", "near_boxes box_shape", "box_rows")
        .node("Transpose", "box_rows", "boxes", "perm", new long[] {0, 2, 1})
        .longs("most", 5)
        .node("NonMaxSuppression", "boxes scores most", "indices")
        .node("Cast", "indices", "found", "to", 1);
  }
}
