package dev.capstan.onnx;

import ai.onnx.proto.OnnxMl.TensorProto;
import dev.capstan.testing.OnnxModels;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.UnaryOperator;

/** Operators that move or interpolate elements, and transposed convolutions. */
final class LayoutCases extends CaseTable {
  private static final int NEWEST = (int) ModelMetadata.MAX_OPSET;
  private static final long[] SMALL = {2, 3, 5, 4};
  private static final long[] DEEP = {2, 4, 5, 4};

  LayoutCases() {
    transposedConvolutions();
    axes();
    splits();
    blocks();
    upsamples();
    resizes();
    sizes();
    samples();
    deformed();
    unpooled();
  }

  private void transposedConvolutions() {
    for (int opset : new int[] {9, 11, NEWEST}) {
      convTranspose(opset);
      convTranspose(opset, "strides", new long[] {2, 3}, "pads", new long[] {1, 1, 1, 1});
      convTranspose(opset, "strides", new long[] {2, 2}, "pads", new long[] {0, 1, 2, 1});
      Object[] added = {
        "strides",
        new long[] {3, 2},
        "output_padding",
        new long[] {2, 1},
        "dilations",
        new long[] {2, 1}
      };
      convTranspose(opset, added);
      for (String auto : List.of("SAME_UPPER", "SAME_LOWER", "VALID")) {
        convTranspose(opset, "strides", new long[] {2, 2}, "auto_pad", auto);
        convTranspose(opset, "strides", new long[] {1, 3}, "auto_pad", auto);
      }
      long[] shape = {12, 9};
      convTranspose(opset, "strides", new long[] {2, 2}, "output_shape", shape);
      Object[] upper = {
        "strides", new long[] {2, 2}, "output_shape", shape, "auto_pad", "SAME_UPPER"
      };
      convTranspose(opset, upper);
    }
    add(17, IMAGE, m -> m.weights("w", 4, 3, 2, 2), "ConvTranspose", "x w", "group", 2);
    add(17, IMAGE, m -> m.weights("w", 4, 1, 3, 3), "ConvTranspose", "x w", "group", 4);
    add(17, new long[] {2, 3, 6}, m -> m.weights("w", 3, 2, 3), "ConvTranspose", "x w");
    add(17, new long[] {1, 2, 3, 4, 3}, m -> m.weights("w", 2, 2, 2, 2, 3), "ConvTranspose", "x w");
  }

  private void convTranspose(int opset, Object... attributes) {
    Object[] rest = new Object[attributes.length + 1];
    rest[0] = "x w b";
    System.arraycopy(attributes, 0, rest, 1, attributes.length);
    add(opset, SMALL, m -> m.weights("w", 3, 2, 3, 3).weights("b", 2), "ConvTranspose", rest);
  }

  private void axes() {
    long[] thin = {2, 1, 5, 1};
    for (int opset : new int[] {9, 11, 12}) {
      add(opset, thin, "Squeeze", "axes", new long[] {1, 3});
      add(opset, SMALL, "Unsqueeze", "axes", new long[] {0, 3});
    }
    for (int opset : new int[] {13, NEWEST}) {
      add(opset, thin, m -> m.longs("a", -1, 1), "Squeeze", "x a");
      add(opset, SMALL, m -> m.longs("a", -1, 2), "Unsqueeze", "x a");
    }
    for (int opset : new int[] {9, 13, NEWEST}) {
      add(opset, SMALL, "Transpose");
      add(opset, SMALL, "Transpose", "perm", new long[] {0, 2, 3, 1});
      add(opset, thin, m -> m.longs("s", 1, 4, 1, 3), "Expand", "x s");
      add(opset, thin, m -> m.longs("s", 5, 2), "Expand", "x s");
      add(opset, thin, m -> m.longs("s", 3, 1, 1, 1, 1), "Expand", "x s");
      add(opset, SMALL, m -> m.longs("i", 2, 0, 1), "Gather", "x i", "axis", 2);
    }
    add(11, SMALL, m -> m.longs("i", -1, 0), "Gather", "x i", "axis", -2);
    UnaryOperator<OnnxModels> scalar =
        m -> m.initializer(OnnxModels.longTensor("i", 1).toBuilder().clearDims().build());
    add(13, SMALL, scalar, "Gather", "x i", "axis", 3);
  }

  private void splits() {
    for (int opset : new int[] {9, 11, 12}) {
      split(opset, m -> m, "x", "axis", 1, "split", new long[] {1, 2});
      split(opset, m -> m, "x", "axis", 3);
    }
    for (int opset : new int[] {13, 18, NEWEST}) {
      split(opset, m -> m.longs("s", 2, 1), "x s", "axis", -3);
    }
    split(13, m -> m, "x", "axis", 3);
    split(18, m -> m, "x", "axis", 2, "num_outputs", 2);
  }

  /** Both parts are read: their sums over all but the batch are added. */
  private void split(
      int opset, UnaryOperator<OnnxModels> constants, String inputs, Object... attributes) {
    UnaryOperator<OnnxModels> parts =
        m ->
            constants
                .apply(m)
                .node("Split", inputs, "first second", attributes)
                .node("GlobalMaxPool", "first", "f")
                .node("GlobalMaxPool", "second", "g");
    add(opset, SMALL, parts, "Concat", "f g", "axis", 1);
  }

  private void blocks() {
    long[] deep = {2, 8, 3, 2};
    long[] wide = {2, 3, 4, 6};
    for (int opset : new int[] {9, 11, 13, NEWEST}) {
      add(opset, deep, "DepthToSpace", "blocksize", 2);
      add(opset, wide, "SpaceToDepth", "blocksize", 2);
    }
    add(11, deep, "DepthToSpace", "blocksize", 2, "mode", "CRD");
    add(13, deep, "DepthToSpace", "blocksize", 2, "mode", "DCR");
  }

  private void upsamples() {
    float[] scales = {1, 1, 2, 1.5f};
    for (String mode : List.of("nearest", "linear")) {
      add(9, SMALL, m -> m.initializer(four(scales)), "Upsample", "x s", "mode", mode);
      add(10, SMALL, m -> m.initializer(four(scales)), "Resize", "x s", "mode", mode);
    }
    add(10, SMALL, m -> m.initializer(four(1, 1, 0.6f, 0.5f)), "Resize", "x s");
    Object[] old = {"mode", "nearest", "scales", new float[] {1, 1, 2, 3}};
    add(7, SMALL, "Upsample", old);
  }

  private static TensorProto four(float... scales) {
    return OnnxModels.floats("s", scales, 4);
  }

  private void resizes() {
    List<String> coordinates =
        List.of("half_pixel", "pytorch_half_pixel", "align_corners", "asymmetric");
    float[][] scales = {{1, 1, 2, 2}, {1, 1, 2.5f, 0.7f}, {1, 1, 0.5f, 3}};
    for (int opset : new int[] {11, 13, 18, 19, NEWEST}) {
      // Between the oldest and the newest form the formulas stay: one pair of scales will do.
      boolean all = opset == 11 || opset == NEWEST;
      for (float[] scale : Arrays.copyOf(scales, all ? scales.length : 1)) {
        UnaryOperator<OnnxModels> by = m -> m.weights("r", 8).initializer(four(scale));
        for (String way : coordinates) {
          for (String mode : List.of("nearest", "linear", "cubic")) {
            Object[] rest = {"x r s", "mode", mode, "coordinate_transformation_mode", way};
            add(opset, SMALL, by, "Resize", rest);
          }
          for (String nearest : List.of("round_prefer_ceil", "floor", "ceil")) {
            Object[] rest = {
              "x r s", "nearest_mode", nearest, "coordinate_transformation_mode", way
            };
            add(opset, SMALL, by, "Resize", rest);
          }
        }
      }
    }
    UnaryOperator<OnnxModels> by = m -> m.initializer(four(scales[1]));
    Object[] cubic = {"x _ s", "mode", "cubic", "cubic_coeff_a", -0.5f, "exclude_outside", 1};
    add(13, SMALL, by, "Resize", cubic);
    Object[] symmetric = {
      "x _ s", "mode", "linear", "coordinate_transformation_mode", "half_pixel_symmetric"
    };
    add(19, SMALL, by, "Resize", symmetric);
    UnaryOperator<OnnxModels> two =
        m -> m.initializer(OnnxModels.floats("s", new float[] {3, 2}, 2));
    add(18, SMALL, two, "Resize", "x _ s", "axes", new long[] {-1, 2}, "mode", "linear");
    add(11, SMALL, by, "Resize", "x s s", "coordinate_transformation_mode", "tf_half_pixel_for_nn");
  }

  private void sizes() {
    for (int opset : new int[] {11, 13, 18, NEWEST}) {
      UnaryOperator<OnnxModels> empty =
          m -> m.initializer(OnnxModels.floats("e", new float[0], 0)).longs("z", 2, 3, 7, 9);
      for (String mode : List.of("nearest", "linear", "cubic")) {
        add(opset, SMALL, empty, "Resize", "x e e z", "mode", mode);
      }
    }
    add(18, SMALL, m -> m.longs("z", 7), "Resize", "x _ _ z", "axes", new long[] {3});
    for (int opset : new int[] {11, 13, NEWEST}) {
      add(opset, SMALL, LayoutCases::like, "Resize", "p e e z", "mode", "linear");
    }
  }

  /** Small features brought to the extents of the input, as a feature pyramid does. */
  private static OnnxModels like(OnnxModels model) {
    return model
        .node("MaxPool", "x", "p", "kernel_shape", new long[] {2, 2})
        .initializer(OnnxModels.floats("e", new float[0], 0))
        .longs("zero", 0)
        .longs("two", 2)
        .longs("four", 4)
        .node("Shape", "p", "small")
        .node("Slice", "small zero two", "own")
        .node("Shape", "x", "large")
        .node("Slice", "large two four", "other")
        .node("Concat", "own other", "z", "axis", 0);
  }

  /** At places that are computed, some of them outside. */
  private void samples() {
    UnaryOperator<OnnxModels> places =
        m -> m.weights("w", 2, 6, 4, 2).scalar("three", 3).node("Mul", "w three", "g");
    for (int opset : new int[] {16, 20, 22}) {
      String plane = opset < 20 ? "bi" : "";
      for (String mode : List.of(plane + "linear", "nearest", plane + "cubic")) {
        for (String outside : List.of("zeros", "border", "reflection")) {
          Object[] all = {"x g", "mode", mode, "padding_mode", outside, "align_corners", 1};
          add(opset, SMALL, places, "GridSample", all);
          add(opset, SMALL, places, "GridSample", Arrays.copyOf(all, 5));
        }
      }
      add(opset, SMALL, places, "GridSample", "x g");
    }
    long[] volume = {2, 3, 4, 5, 3};
    add(20, volume, m -> m.weights("g", 2, 2, 3, 4, 3), "GridSample", "x g");
  }

  private void deformed() {
    for (int opset : new int[] {19, 22}) {
      deformed(opset, 1, "x w o", 36, "offset_group", 2);
      deformed(opset, 1, "x w o b", 18);
      deformed(opset, 1, "x w o _ m", 36, "offset_group", 2);
      deformed(opset, 2, "x w o b m", 36, "offset_group", 2, "group", 2);
      Object[] wide = {"x w o", "pads", new long[] {2, 1, 2, 3}, "dilations", new long[] {2, 2}};
      add(
          opset,
          DEEP,
          m -> m.weights("w", 6, 4, 3, 3).weights("o", 2, 18, 5, 4),
          "DeformConv",
          wide);
    }
  }

  private void deformed(int opset, int groups, String inputs, int offsets, Object... attributes) {
    List<Object> all = new ArrayList<>(List.of(inputs, "strides", new long[] {2, 2}));
    all.addAll(List.of("pads", new long[] {1, 1, 1, 1}));
    all.addAll(List.of(attributes));
    add(
        opset,
        DEEP,
        m ->
            m.weights("w", 6, 4 / groups, 3, 3)
                .weights("near", 2, offsets, 3, 2)
                .scalar("three", 3)
                .node("Mul", "near three", "o")
                .weights("b", 6)
                .weights("m", 2, offsets / 2, 3, 2),
        "DeformConv",
        all.toArray());
  }

  /** Pooled, and put back where it was. */
  private void unpooled() {
    for (int opset : new int[] {9, 11, 12, NEWEST}) {
      Object[] two = {"kernel_shape", new long[] {2, 2}, "strides", new long[] {2, 2}};
      unpooled(opset, new long[] {2, 3, 6, 4}, two);
      Object[] wide = {
        "kernel_shape",
        new long[] {3, 3},
        "strides",
        new long[] {2, 2},
        "pads",
        new long[] {1, 1, 1, 1}
      };
      unpooled(opset, new long[] {2, 3, 7, 5}, wide);
    }
  }

  private void unpooled(int opset, long[] input, Object... window) {
    Object[] all = new Object[window.length + 1];
    all[0] = "half numbers";
    System.arraycopy(window, 0, all, 1, window.length);
    UnaryOperator<OnnxModels> pooled =
        m -> m.node("MaxPool", "x", "p numbers", window).node("Neg", "p", "half");
    add(opset, input, pooled, "MaxUnpool", all);
  }
}
