package dev.capstan.weights;

import dev.capstan.error.InvalidInputException;
import dev.capstan.graph.Constant;
import java.nio.ByteBuffer;
import java.util.List;

/**
 * A tensor as a checkpoint describes it: element {@code (i, j, ...)} is element {@code offset + i *
 * strides[0] + j * strides[1] + ...} of a storage.
 *
 * @param storage where the elements are
 * @param offset index of the first one
 * @param sizes extents, one an axis
 * @param strides distances, one an axis, in elements
 */
record StridedTensor(Storage storage, long offset, List<Long> sizes, List<Long> strides) {
  /** PyTorch's own limit; it bounds the recursion below. */
  static final int MAX_RANK = 64;

  /**
   * Checks that all elements are inside the storage.
   *
   * @throws InvalidInputException if they are not
   */
  StridedTensor {
    sizes = List.copyOf(sizes);
    strides = List.copyOf(strides);
    if (sizes.size() != strides.size()
        || sizes.size() > MAX_RANK
        || !fits(storage, offset, sizes, strides)) {
      throw new InvalidInputException(
          "a tensor of shape %s with strides %s at offset %d".formatted(sizes, strides, offset)
              + " is not within its storage of %d elements".formatted(storage.elements()));
    }
  }

  private static boolean fits(Storage storage, long offset, List<Long> sizes, List<Long> strides) {
    // More elements than the storage has (strides of 0) could ask for any amount of memory.
    long elements = Extents.elements(sizes);
    if (offset < 0 || elements < 0 || elements > storage.elements()) {
      return false;
    }
    long room = storage.elements() - offset;
    for (int axis = 0; axis < sizes.size() && elements > 0; axis++) {
      long steps = sizes.get(axis) - 1;
      if (strides.get(axis) < 0 || (steps > 0 && strides.get(axis) > room / steps)) {
        return false;
      }
      room -= steps * strides.get(axis);
    }
    return room >= (elements > 0 ? 1 : 0);
  }

  /** The tensor itself: a view of the storage's bytes where they are in order, else a copy. */
  Constant of(ByteBuffer storageBytes) {
    int length = Math.toIntExact(Extents.elements(sizes) * width());
    return Constant.view(
        storage.type(),
        sizes.stream().mapToLong(Long::longValue).toArray(),
        isContiguous()
            ? storageBytes.slice(Math.toIntExact(offset * width()), length)
            : copy(storageBytes, length));
  }

  private int width() {
    return storage.type().bytes();
  }

  /** Bytes that {@link #of} copies. */
  long copied() {
    return isContiguous() ? 0 : Extents.elements(sizes) * width();
  }

  private boolean isContiguous() {
    long expected = 1;
    for (int axis = sizes.size() - 1; axis >= 0; axis--) {
      if (sizes.get(axis) != 1 && strides.get(axis) != expected) {
        return false;
      }
      expected *= sizes.get(axis);
    }
    return true;
  }

  private ByteBuffer copy(ByteBuffer from, int length) {
    ByteBuffer to = ByteBuffer.allocate(length);
    copy(from, offset, 0, to);
    return to.flip();
  }

  private void copy(ByteBuffer from, long first, int axis, ByteBuffer to) {
    if (axis == sizes.size()) {
      int start = Math.toIntExact(first * width());
      for (int i = 0; i < width(); i++) {
        to.put(from.get(start + i));
      }
      return;
    }
    for (long i = 0; i < sizes.get(axis); i++) {
      copy(from, first + i * strides.get(axis), axis + 1, to);
    }
  }
}
