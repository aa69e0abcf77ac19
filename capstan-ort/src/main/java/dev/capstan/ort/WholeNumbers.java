package dev.capstan.ort;

import dev.capstan.graph.Constant;
import dev.capstan.graph.DataType;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/** Tensors of integer types, made of numbers that are whole: images as bytes. */
final class WholeNumbers {
  private WholeNumbers() {}

  /** Each number in an integer type, which must hold it. */
  static Constant of(Constant tensor, DataType type) {
    float[] numbers = tensor.floats();
    ByteBuffer bytes =
        ByteBuffer.allocate(Math.multiplyExact(numbers.length, type.bytes()))
            .order(ByteOrder.LITTLE_ENDIAN);
    for (float number : numbers) {
      put(bytes, type, (long) number);
    }
    return Constant.view(type, tensor.sizes(), bytes.flip());
  }

  private static void put(ByteBuffer bytes, DataType type, long number) {
    switch (type.bytes()) {
      case 1 -> bytes.put((byte) number);
      case 2 -> bytes.putShort((short) number);
      case 4 -> bytes.putInt((int) number);
      default -> bytes.putLong(number);
    }
  }
}
