package dev.capstan.onnx;

import dev.capstan.error.InvalidInputException;
import dev.capstan.graph.Constant;
import dev.capstan.graph.Operator;
import dev.capstan.graph.Shape;
import dev.capstan.graph.op.Resize;
import dev.capstan.graph.op.Resize.Coordinates;
import dev.capstan.graph.op.Resize.Mode;
import dev.capstan.graph.op.Resize.Rounding;
import dev.capstan.graph.op.Resize.Sampling;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Resize: below opset 10 its name is Upsample, whose scales are an attribute below 9; coordinates,
 * sizes and cubic mode come with 11, axes with 18.
 */
final class ResizeCodec implements OperatorCodec<Resize> {
  @Override
  public Operator read(NodeReader node) {
    if (node.opset() < 11) {
      List<Float> scales =
          node.opset() < 9
              ? node.attributes().numbers("scales")
              : Numbers.floats(node.required(1, "scales"));
      return scaled(node, oldSampling(node, scales), scales);
    }
    node.folded(1, "roi");
    Sampling sampling = sampling(node.attributes());
    refuseInexact(node.attributes());
    Constant scales = some(node.folded(2, "scales"));
    if (scales != null) {
      List<Long> axes = node.attributes().integers("axes");
      return scaled(node, sampling, spread(Numbers.floats(scales), axes, node.shape(0), 1f));
    }
    return sized(sampling, node);
  }

  private static Resize sized(Sampling sampling, NodeReader node) {
    List<Long> axes = node.attributes().integers("axes");
    NodeReader.Sizes sizes = node.sizes(3);
    if (sizes == null) {
      throw new InvalidInputException("scales and sizes are missing");
    }
    Shape input = node.shape(0);
    List<Long> extents = axes == null ? sizes.extents() : spread(sizes.extents(), axes, input, -1L);
    for (int axis = 0; axis < 2; axis++) {
      long own = input.size(axis);
      if (own >= 0 && extents.get(axis) >= 0 && extents.get(axis) != own) {
        throw node.unsupported("resizing batch or channels to " + extents);
      }
    }
    List<Long> spatial = new ArrayList<>();
    for (int axis = 2; axis < extents.size(); axis++) {
      spatial.add(extents.get(axis) < 0 ? input.size(axis) : extents.get(axis));
    }
    if (spatial.contains(-1L)) {
      throw node.unsupported("resizing to " + spatial + " where an extent is open");
    }
    return new Resize(sampling, List.of(), spatial);
  }

  /** Up to opset 10 nearest means the one before, and the one after where an image shrinks. */
  private static Sampling oldSampling(NodeReader node, List<Float> scales) {
    Mode mode = node.attributes().constant("mode", Mode.NEAREST);
    boolean grows = scales.stream().allMatch(scale -> scale >= 1);
    boolean shrinks = scales.stream().allMatch(scale -> scale <= 1);
    if (!grows && !shrinks) {
      throw node.unsupported("scales " + scales + " that grow and shrink");
    }
    Rounding rounding = grows ? Rounding.FLOOR : Rounding.CEIL;
    return new Sampling(mode, Coordinates.ASYMMETRIC, rounding, -0.75f, false);
  }

  private static Sampling sampling(Attributes attributes) {
    return new Sampling(
        attributes.constant("mode", Mode.NEAREST),
        attributes.constant("coordinate_transformation_mode", Coordinates.HALF_PIXEL),
        attributes.constant("nearest_mode", Rounding.ROUND_PREFER_FLOOR),
        attributes.number("cubic_coeff_a", -0.75f),
        attributes.flag("exclude_outside", false));
  }

  private static void refuseInexact(Attributes attributes) {
    attributes.require("antialias", 0);
    attributes.choice("keep_aspect_ratio_policy", "stretch", "stretch");
    // Only cropping, which is no mode here, reads it.
    attributes.ignore("extrapolation_value");
  }

  /** An empty tensor is another way to leave an input out. */
  private static @Nullable Constant some(@Nullable Constant constant) {
    return constant == null || constant.elements() == 0 ? null : constant;
  }

  /** Values of all axes, where some are given. */
  private static <T> List<T> spread(
      List<T> values, @Nullable List<Long> axes, Shape input, T other) {
    if (axes == null) {
      return values;
    }
    List<T> all = new ArrayList<>(Collections.nCopies(input.rank(), other));
    for (int i = 0; i < axes.size(); i++) {
      all.set(input.axis(axes.get(i)), values.get(i));
    }
    return all;
  }

  private static Resize scaled(NodeReader node, Sampling sampling, List<Float> scales) {
    checkRank(scales, node.shape(0));
    if (scales.get(0) != 1 || scales.get(1) != 1) {
      throw node.unsupported("scaling batch or channels by " + scales);
    }
    return new Resize(sampling, scales.subList(2, scales.size()), List.of());
  }

  private static void checkRank(List<?> values, Shape input) {
    if (values.size() != input.rank() || input.rank() < 3) {
      throw new InvalidInputException(
          "expected a number for each axis of shape %s, found %s".formatted(input, values));
    }
  }

  @Override
  public void write(Resize resize, NodeWriter node) {
    Sampling sampling = resize.sampling();
    List<Float> scales = Stream.concat(Stream.of(1f, 1f), resize.scales().stream()).toList();
    node.text("mode", Attributes.text(sampling.mode()));
    if (node.opset() < 11) {
      writeOld(scales, node);
      return;
    }
    node.text("coordinate_transformation_mode", Attributes.text(sampling.coordinates()));
    node.text("nearest_mode", Attributes.text(sampling.rounding()));
    node.number("cubic_coeff_a", sampling.cubic());
    node.flag("exclude_outside", sampling.excludeOutside());
    if (resize.isLikeOther()) {
      node.dropSecondInput();
    }
    omit("roi", node);
    if (resize.scales().isEmpty()) {
      omit("scales", node);
      writeSizes(resize, node);
    } else {
      node.inputFloats("scales", scales);
    }
  }

  /** Below opset 13 what is left out is an empty tensor. */
  private static void omit(String role, NodeWriter node) {
    if (node.opset() < 13) {
      node.inputFloats(role, List.of());
    } else {
      node.omit();
    }
  }

  private static void writeOld(List<Float> scales, NodeWriter node) {
    if (node.opset() < 10) {
      node.type("Upsample");
    }
    if (node.opset() < 9) {
      node.numbers("scales", scales);
    } else {
      node.inputFloats("scales", scales);
    }
  }

  /** Batch and channels keep their extents, which a run must ask for where they are open. */
  private static void writeSizes(Resize resize, NodeWriter node) {
    Shape input = node.inputType(0).shape();
    boolean known = input.size(0) >= 0 && input.size(1) >= 0 && !resize.isLikeOther();
    if (known) {
      List<Long> own = List.of(input.size(0), input.size(1));
      node.input("sizes", Stream.concat(own.stream(), resize.sizes().stream()).toList());
      return;
    }
    String x = node.input(0);
    String own = node.before().part(x, 0, 2);
    String spatial =
        resize.isLikeOther()
            ? node.before().part(node.input(1), 2, input.rank())
            : node.before().numbers(resize.sizes());
    node.inputValue(node.before().concat(own, spatial));
  }
}
