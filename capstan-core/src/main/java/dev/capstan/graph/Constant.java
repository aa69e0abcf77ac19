package dev.capstan.graph;

import dev.capstan.error.InvalidInputException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;

/**
 * A tensor whose elements are known: a typed, read-only view of bytes that belong to a mapped file
 * or an array.
 *
 * <p>Copying a graph copies none of them; elements are decoded when asked for. The bytes are
 * little-endian, row-major.
 */
public final class Constant {
  private final DataType type;
  private final long[] sizes;
  private final ByteBuffer bytes;

  private Constant(DataType type, long[] sizes, ByteBuffer bytes) {
    this.type = type;
    this.sizes = sizes;
    this.bytes = bytes;
  }

  /**
   * A view of {@code bytes} from its position to its limit, which must not change afterwards.
   *
   * @throws InvalidInputException if the number of bytes does not fit type and shape
   */
  public static Constant view(DataType type, long[] sizes, ByteBuffer bytes) {
    long expected = Shape.of(sizes).elements() * type.bytes();
    if (bytes.remaining() != expected) {
      throw new InvalidInputException(
          "a %s tensor of shape %s needs %d bytes, found %d"
              .formatted(type, Shape.of(sizes), expected, bytes.remaining()));
    }
    return new Constant(
        type, sizes.clone(), bytes.slice().asReadOnlyBuffer().order(ByteOrder.LITTLE_ENDIAN));
  }

  /** A float32 tensor; the array is copied. */
  public static Constant of(float[] values, long... sizes) {
    ByteBuffer bytes = allocate(values.length * 4L);
    bytes.asFloatBuffer().put(values);
    return view(DataType.FLOAT32, sizes, bytes);
  }

  /**
   * A tensor of a floating type, converted from float32; the array is copied.
   *
   * @throws InvalidInputException if the type is not floating
   */
  public static Constant of(DataType type, float[] values, long... sizes) {
    ByteBuffer converted = allocate((long) values.length * type.bytes());
    for (float value : values) {
      switch (type) {
        case FLOAT32 -> converted.putFloat(value);
        case FLOAT64 -> converted.putDouble(value);
        case FLOAT16 -> converted.putShort(HalfPrecision.fromFloat(value));
        case BFLOAT16 -> converted.putShort(HalfPrecision.brainFromFloat(value));
        default -> throw new InvalidInputException("expected a floating type, found " + type);
      }
    }
    return view(type, sizes, converted.flip());
  }

  /** An int64 tensor; the array is copied. */
  public static Constant of(long[] values, long... sizes) {
    ByteBuffer bytes = allocate(values.length * 8L);
    bytes.asLongBuffer().put(values);
    return view(DataType.INT64, sizes, bytes);
  }

  private static ByteBuffer allocate(long size) {
    return ByteBuffer.allocate(Math.toIntExact(size)).order(ByteOrder.LITTLE_ENDIAN);
  }

  /** Element type. */
  public DataType type() {
    return type;
  }

  /** Shape, every extent known. */
  public Shape shape() {
    return Shape.of(sizes);
  }

  /** Extents of the axes (a copy). */
  public long[] sizes() {
    return sizes.clone();
  }

  /** Extent of one axis. */
  public int size(int axis) {
    return Math.toIntExact(sizes[axis]);
  }

  /** Number of axes. */
  public int rank() {
    return sizes.length;
  }

  /** Number of elements. */
  public int elements() {
    return bytes.capacity() / type.bytes();
  }

  /** Type and shape. */
  public TensorType tensorType() {
    return new TensorType(type, shape());
  }

  /** The bytes, read-only, little-endian, from position 0 to the limit. */
  public ByteBuffer bytes() {
    return bytes.duplicate().order(ByteOrder.LITTLE_ENDIAN);
  }

  /**
   * The elements as float32 (a copy), converted from any floating type.
   *
   * @throws InvalidInputException if the elements are no floating-point numbers
   */
  public float[] floats() {
    float[] values = new float[elements()];
    switch (type) {
      case FLOAT32 -> bytes.asFloatBuffer().get(values);
      case FLOAT64 -> {
        for (int i = 0; i < values.length; i++) {
          values[i] = (float) bytes.getDouble(i * 8);
        }
      }
      case FLOAT16 -> {
        for (int i = 0; i < values.length; i++) {
          values[i] = HalfPrecision.toFloat(bytes.getShort(i * 2));
        }
      }
      case BFLOAT16 -> {
        for (int i = 0; i < values.length; i++) {
          values[i] = Float.intBitsToFloat(bytes.getShort(i * 2) << 16);
        }
      }
      default -> throw new InvalidInputException("expected floating-point elements, found " + type);
    }
    return values;
  }

  /**
   * The elements as int64 (a copy), converted from any integer type.
   *
   * @throws InvalidInputException if the elements are no integers
   */
  public long[] longs() {
    long[] values = new long[elements()];
    for (int i = 0; i < values.length; i++) {
      values[i] =
          switch (type) {
            case INT64, UINT64 -> bytes.getLong(i * 8);
            case INT32 -> bytes.getInt(i * 4);
            case UINT32 -> bytes.getInt(i * 4) & 0xFFFFFFFFL;
            case INT16 -> bytes.getShort(i * 2);
            case UINT16 -> bytes.getShort(i * 2) & 0xFFFF;
            case INT8 -> bytes.get(i);
            case UINT8, BOOL -> bytes.get(i) & 0xFF;
            default -> throw new InvalidInputException("expected integer elements, found " + type);
          };
    }
    return values;
  }

  /** A tensor of this one's element type (which must be floating) with other elements. */
  public Constant withFloats(float[] values, long... newSizes) {
    return of(type, values, newSizes);
  }

  /** The same elements in another shape. */
  public Constant reshaped(long... newSizes) {
    return view(type, newSizes, bytes());
  }

  /** Whether the other constant has the same type, shape and bytes. */
  public boolean sameAs(Constant other) {
    return type == other.type && Arrays.equals(sizes, other.sizes) && bytes.equals(other.bytes);
  }

  @Override
  public String toString() {
    return tensorType().toString();
  }
}
