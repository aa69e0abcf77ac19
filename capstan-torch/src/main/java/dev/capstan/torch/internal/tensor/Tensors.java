package dev.capstan.torch.internal.tensor;

import dev.capstan.data.Batch;
import dev.capstan.error.InvalidInputException;
import dev.capstan.graph.Shape;
import java.nio.ByteBuffer;
import java.nio.DoubleBuffer;
import java.nio.FloatBuffer;
import java.nio.LongBuffer;
import org.bytedeco.javacpp.BytePointer;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.TensorOptions;
import org.bytedeco.pytorch.global.torch;
import org.bytedeco.pytorch.global.torch.MemoryFormat;
import org.bytedeco.pytorch.global.torch.ScalarType;

/**
 * Copies between Java and libtorch. Every tensor given out owns its elements and belongs to the
 * caller's {@code PointerScope}, or to the caller where there is none.
 */
public final class Tensors {
  private Tensors() {}

  /** A float32 tensor of these elements, row-major. */
  public static Tensor of(float[] elements, long... sizes) {
    return of(FloatBuffer.wrap(elements), sizes);
  }

  /** What a batch feeds each input of a network; the caller's to close. */
  public static Tensor[] of(Batch batch) {
    return batch.inputs().stream()
        .map(input -> of(input.values(), input.shape()))
        .toArray(Tensor[]::new);
  }

  /** A float32 tensor of the buffer's remaining elements, row-major; its position stays. */
  public static Tensor of(FloatBuffer elements, long... sizes) {
    Tensor tensor = empty(ScalarType.Float, elements.remaining(), sizes);
    if (elements.hasRemaining()) {
      FloatBuffer target = tensor.createBuffer();
      target.put(elements.duplicate());
    }
    return tensor;
  }

  /** An int64 tensor of these elements, row-major. */
  public static Tensor of(long[] elements, long... sizes) {
    Tensor tensor = empty(ScalarType.Long, elements.length, sizes);
    if (elements.length > 0) {
      LongBuffer target = tensor.createBuffer();
      target.put(elements);
    }
    return tensor;
  }

  /** A float64 tensor of these elements, row-major. */
  public static Tensor of(double[] elements, long... sizes) {
    Tensor tensor = empty(ScalarType.Double, elements.length, sizes);
    if (elements.length > 0) {
      DoubleBuffer target = tensor.createBuffer();
      target.put(elements);
    }
    return tensor;
  }

  /** A float32 tensor of the little-endian bytes that remain in the buffer. */
  public static Tensor ofBytes(ByteBuffer bytes, long... sizes) {
    return of(bytes.duplicate().order(bytes.order()).asFloatBuffer(), sizes);
  }

  /** A tensor of these bytes as they are, unsigned. */
  public static Tensor ofBytes(byte[] bytes) {
    Tensor tensor = empty(ScalarType.Byte, bytes.length, new long[] {bytes.length});
    new BytePointer(tensor.data_ptr()).put(bytes, 0, bytes.length);
    return tensor;
  }

  /** The bytes of a contiguous tensor. */
  public static byte[] bytes(Tensor tensor) {
    byte[] bytes = new byte[Math.toIntExact(tensor.numel() * tensor.element_size())];
    new BytePointer(tensor.data_ptr()).get(bytes, 0, bytes.length);
    return bytes;
  }

  private static Tensor empty(ScalarType type, long elements, long[] sizes) {
    if (Shape.of(sizes).elements() != elements) {
      throw new InvalidInputException(
          "expected %d elements for shape %s, found %d"
              .formatted(Shape.of(sizes).elements(), Shape.of(sizes), elements));
    }
    Libtorch.load();
    try (TensorOptions options = new TensorOptions(type)) {
      return torch.empty(sizes, options, null);
    }
  }

  /** The elements as float32, row-major, whatever floating type and layout the tensor has. */
  public static float[] floats(Tensor tensor) {
    float[] elements = new float[Math.toIntExact(tensor.numel())];
    if (elements.length == 0) {
      return elements;
    }
    try (Tensor detached = tensor.detach();
        Tensor cast = detached.to(ScalarType.Float);
        Tensor rows = cast.contiguous()) {
      FloatBuffer source = rows.createBuffer();
      source.get(elements);
    }
    return elements;
  }

  /** The same as float64. */
  public static double[] doubles(Tensor tensor) {
    double[] elements = new double[Math.toIntExact(tensor.numel())];
    try (Tensor detached = tensor.detach();
        Tensor cast = detached.to(ScalarType.Double);
        Tensor rows = cast.contiguous()) {
      DoubleBuffer source = rows.createBuffer();
      source.get(elements);
    }
    return elements;
  }

  /** A tensor of four axes with its channels innermost, any other as it is (a second handle). */
  public static Tensor channelsLast(Tensor tensor) {
    return tensor.dim() == 4 ? tensor.contiguous(MemoryFormat.ChannelsLast) : new Tensor(tensor);
  }

  /** The extents of a tensor's axes. */
  public static Shape shape(Tensor tensor) {
    return Shape.of(tensor.shape());
  }
}
