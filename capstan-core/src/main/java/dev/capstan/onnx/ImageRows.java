package dev.capstan.onnx;

import dev.capstan.graph.Constant;
import dev.capstan.graph.Shape;
import java.nio.ByteBuffer;

/**
 * The axis along which a tensor holds images, one after the other.
 *
 * @param axis the axis, -1 for a tensor that all images share
 * @param each its extent for one image
 */
record ImageRows(int axis, int each) {
  /**
   * The axis of a shape whose open extent is a multiple of the images.
   *
   * @throws UnsupportedException if there are several
   */
  static ImageRows of(Shape shape) {
    ImageRows found = new ImageRows(-1, 0);
    for (int axis = 0; axis < shape.rank(); axis++) {
      if (!shape.dims().get(axis).isKnown()) {
        if (found.axis >= 0) {
          throw new UnsupportedException("images lie along several axes of " + shape);
        }
        found = new ImageRows(axis, Math.toIntExact(shape.dims().get(axis).times()));
      }
    }
    return found;
  }

  /** The tensor without its first image; itself where all images share it. */
  Constant withoutFirst(Constant tensor) {
    if (axis < 0) {
      return tensor;
    }
    if (tensor.elements() == 0) {
      throw new UnsupportedException("there are no elements");
    }
    long[] sizes = tensor.sizes();
    sizes[axis] -= each;
    int row =
        tensor.type().bytes() * Math.toIntExact(tensor.shape().elements(axis + 1, sizes.length));
    int from = row * tensor.size(axis);
    ByteBuffer all = tensor.bytes();
    ByteBuffer kept =
        ByteBuffer.allocate(Math.toIntExact(Shape.of(sizes).elements()) * tensor.type().bytes());
    for (int start = all.position(); start < all.limit(); start += from) {
      kept.put(all.slice(start + row * each, from - row * each));
    }
    return Constant.view(tensor.type(), sizes, kept.flip());
  }
}
