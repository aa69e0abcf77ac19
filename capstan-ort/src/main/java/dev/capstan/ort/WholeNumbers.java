package dev.capstan.ort;

import dev.capstan.graph.Constant;
import dev.capstan.graph.ConstantWriter;
import dev.capstan.graph.DataType;

/** Tensors of integer types, made of numbers that are whole: images as bytes. */
final class WholeNumbers {
  private WholeNumbers() {}

  /** Each number in an integer type, which must hold it. */
  static Constant of(Constant tensor, DataType type) {
    float[] numbers = tensor.floats();
    ConstantWriter whole = new ConstantWriter(type, tensor.sizes());
    for (int i = 0; i < numbers.length; i++) {
      whole.put(i, (long) numbers[i]);
    }
    return whole.constant();
  }
}
