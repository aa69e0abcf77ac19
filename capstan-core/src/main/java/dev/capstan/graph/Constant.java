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
    if (!type.isFloating()) {
      throw new InvalidInputException("expected a floating type, found " + type);
    }
    ConstantWriter converted = new ConstantWriter(type, values.length);
    for (int i = 0; i < values.length; i++) {
      converted.put(i, values[i]);
    }
    return view(type, sizes, converted.constant().bytes());
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
    if (!type.isFloating()) {
      throw new InvalidInputException("expected floating-point elements, found " + type);
    }
    float[] values = new float[elements()];
    if (type == DataType.FLOAT32) {
      bytes.asFloatBuffer().get(values);
    } else {
      for (int i = 0; i < values.length; i++) {
        values[i] = (float) real(i);
      }
    }
    return values;
  }

  /**
   * The elements as int64 (a copy), converted from any integer type.
   *
   * @throws InvalidInputException if the elements are no integers
   */
  public long[] longs() {
    if (type.isFloating()) {
      throw new InvalidInputException("expected integer elements, found " + type);
    }
    long[] values = new long[elements()];
    Arrays.setAll(values, this::whole);
    return values;
  }

  /** An element, its number counted in row-major order, of any type as a float64. */
  public double real(int index) {
    return switch (type) {
      case FLOAT32 -> bytes.getFloat(index * 4);
      case FLOAT64 -> bytes.getDouble(index * 8);
      case FLOAT16 -> HalfPrecision.toFloat(bytes.getShort(index * 2));
      case BFLOAT16 -> Float.intBitsToFloat(bytes.getShort(index * 2) << 16);
      default -> whole(index);
    };
  }

  /** The same as an int64: of a uint64 its bits, of a floating-point number what is nearer to 0. */
  public long whole(int index) {
    return switch (type) {
      case INT64, UINT64 -> bytes.getLong(index * 8);
      case INT32 -> bytes.getInt(index * 4);
      case UINT32 -> bytes.getInt(index * 4) & 0xFFFFFFFFL;
      case INT16 -> bytes.getShort(index * 2);
      case UINT16 -> bytes.getShort(index * 2) & 0xFFFF;
      case INT8 -> bytes.get(index);
      case UINT8, BOOL -> bytes.get(index) & 0xFF;
      default -> (long) real(index);
    };
  }

  /** The bits of an element, in the lower part. */
  long bits(int index) {
    return switch (type.bytes()) {
      case 8 -> bytes.getLong(index * 8);
      case 4 -> bytes.getInt(index * 4);
      case 2 -> bytes.getShort(index * 2);
      default -> bytes.get(index);
    };
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
