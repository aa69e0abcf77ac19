package dev.capstan.onnx;

import dev.capstan.error.InvalidInputException;
import dev.capstan.graph.op.Window;
import dev.capstan.graph.op.Window.AutoPad;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;

/** The attributes that Conv, MaxPool and AveragePool share. */
final class WindowCodec {
  /** Of a kernel, a step or a dilation, along one axis; networks in use take a tenth. */
  static final int MAX_EXTENT = 1 << 14;

  /** Taps of one kernel. */
  static final long MAX_TAPS = 1 << 24;

  private WindowCodec() {}

  /** A window whose kernel the node itself must give. */
  static Window read(Attributes attributes) {
    List<Long> kernel = attributes.integers("kernel_shape");
    if (kernel == null) {
      throw new InvalidInputException("attribute 'kernel_shape' is missing");
    }
    return read(attributes, Numbers.ints(kernel));
  }

  static Window read(Attributes attributes, List<Integer> kernel) {
    int rank = kernel.size();
    AutoPad autoPad = autoPad(attributes.text("auto_pad", "NOTSET"));
    List<Integer> pads = list(attributes, "pads", 2 * rank, 0);
    Window window =
        new Window(
            kernel,
            list(attributes, "strides", rank, 1),
            list(attributes, "dilations", rank, 1),
            autoPad == AutoPad.NOTSET ? pads : List.of(),
            autoPad,
            attributes.flag("ceil_mode", false));
    check("kernel_shape", window.kernel());
    if (kernel.stream().mapToDouble(extent -> extent).reduce(1, (a, b) -> a * b) > MAX_TAPS) {
      throw new InvalidInputException(
          "expected kernel_shape of at most %d taps, found %s".formatted(MAX_TAPS, kernel));
    }
    check("strides", window.strides());
    check("dilations", window.dilations());
    return window;
  }

  private static void check(String name, List<Integer> values) {
    if (values.stream().anyMatch(value -> value < 1 || value > MAX_EXTENT)) {
      throw new InvalidInputException(
          "expected %s of at least 1, at most %d, found %s".formatted(name, MAX_EXTENT, values));
    }
  }

  private static AutoPad autoPad(String name) {
    for (AutoPad value : AutoPad.values()) {
      if (value.name().equals(name)) {
        return value;
      }
    }
    throw new InvalidInputException(
        "expected auto_pad to be one of %s, found '%s'"
            .formatted(Arrays.toString(AutoPad.values()), name));
  }

  static List<Integer> list(Attributes attributes, String name, int size, int otherwise) {
    List<Long> values = attributes.integers(name);
    if (values == null) {
      return Collections.nCopies(size, otherwise);
    }
    if (values.size() != size) {
      throw new InvalidInputException(
          "expected %s to have %d elements, found %s".formatted(name, size, values));
    }
    return Numbers.ints(values);
  }

  static void write(Window window, NodeWriter node) {
    node.integers("kernel_shape", window.kernel());
    node.integers("strides", window.strides());
    if (window.autoPad() == AutoPad.NOTSET) {
      node.integers("pads", window.pads());
    } else {
      node.text("auto_pad", window.autoPad().name());
    }
  }

  /** Writes dilations where they are any. */
  static void writeDilations(Window window, NodeWriter node, int firstOpset) {
    if (window.dilations().stream().anyMatch(dilation -> dilation != 1)) {
      node.needs(firstOpset, "dilation");
      node.integers("dilations", window.dilations());
    }
  }

  /** Writes ceil_mode where it is set. */
  static void writeCeil(Window window, NodeWriter node) {
    if (window.ceil()) {
      node.needs(10, "ceil_mode");
      node.flag("ceil_mode", true);
    }
  }
}
