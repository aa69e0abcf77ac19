package dev.capstan.graph;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/** Fills an array of any element type, number by number; what is not put is 0. */
public final class ConstantWriter {
  private final DataType type;
  private final long[] sizes;
  private final ByteBuffer bytes;

  /**
   * An array of zeros.
   *
   * @throws ArithmeticException if it takes more than 2 GiB
   */
  public ConstantWriter(DataType type, long... sizes) {
    long elements = Shape.of(sizes).elements();
    int size = Math.toIntExact(Math.multiplyExact(elements, type.bytes()));
    this.type = type;
    this.sizes = sizes.clone();
    this.bytes = ByteBuffer.allocate(size).order(ByteOrder.LITTLE_ENDIAN);
  }

  /** Number of elements. */
  public int elements() {
    return bytes.capacity() / type.bytes();
  }

  /** Puts the nearest number of a floating type; of an integer type the one nearer to 0. */
  public void put(int index, double value) {
    switch (type) {
      case FLOAT32 -> bytes.putFloat(index * 4, (float) value);
      case FLOAT64 -> bytes.putDouble(index * 8, value);
      case FLOAT16 -> bytes.putShort(index * 2, HalfPrecision.fromFloat((float) value));
      case BFLOAT16 -> bytes.putShort(index * 2, HalfPrecision.brainFromFloat((float) value));
      default -> put(index, (long) value);
    }
  }

  /** Puts an integer, of which narrower types keep the lower bits; a floating type rounds it. */
  public void put(int index, long value) {
    switch (type) {
      case INT64, UINT64 -> bytes.putLong(index * 8, value);
      case INT32, UINT32 -> bytes.putInt(index * 4, (int) value);
      case INT16, UINT16 -> bytes.putShort(index * 2, (short) value);
      case INT8, UINT8, BOOL -> bytes.put(index, (byte) value);
      // Rounded once: a double lies between only where it holds the integer as it is.
      case FLOAT32 -> bytes.putFloat(index * 4, (float) value);
      default -> put(index, (double) value);
    }
  }

  /** Puts an element of a constant of the same type. */
  public void copy(int index, Constant from, int place) {
    switch (type.bytes()) {
      case 8 -> bytes.putLong(index * 8, from.bits(place));
      case 4 -> bytes.putInt(index * 4, (int) from.bits(place));
      case 2 -> bytes.putShort(index * 2, (short) from.bits(place));
      default -> bytes.put(index, (byte) from.bits(place));
    }
  }

  /** The array, which is not to be written to any more. */
  public Constant constant() {
    return Constant.view(type, sizes, bytes.duplicate());
  }
}
