package dev.capstan.onnx;

import dev.capstan.error.InvalidInputException;
import dev.capstan.graph.Constant;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;

/** Numbers as operators hold them, out of the wider ones in files. */
final class Numbers {
  private Numbers() {}

  /** A number that must fit 32 bits. */
  static int toInt(long value) {
    if (value != (int) value) {
      throw new InvalidInputException("number " + value + " is too large");
    }
    return (int) value;
  }

  /** Numbers that must fit 32 bits. */
  static List<Integer> ints(List<Long> values) {
    return values.stream().map(Numbers::toInt).toList();
  }

  /** The elements of an integer tensor. */
  static List<Long> longs(Constant constant) {
    return Arrays.stream(constant.longs()).boxed().toList();
  }

  /** The elements of a floating-point tensor. */
  static List<Float> floats(Constant constant) {
    float[] values = constant.floats();
    return IntStream.range(0, values.length).mapToObj(i -> values[i]).toList();
  }

  /** The only element of a tensor of any number type. */
  static float single(Constant constant) {
    if (constant.elements() != 1) {
      throw new InvalidInputException("expected a single number, found shape " + constant.shape());
    }
    return constant.type().isFloating() ? constant.floats()[0] : constant.longs()[0];
  }
}
