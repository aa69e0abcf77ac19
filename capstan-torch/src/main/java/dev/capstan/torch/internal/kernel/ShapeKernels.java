package dev.capstan.torch.internal.kernel;

import dev.capstan.graph.Shape;
import dev.capstan.graph.op.Concat;
import dev.capstan.graph.op.DepthToSpace;
import dev.capstan.graph.op.Expand;
import dev.capstan.graph.op.Flatten;
import dev.capstan.graph.op.Gather;
import dev.capstan.graph.op.Pad;
import dev.capstan.graph.op.Reshape;
import dev.capstan.graph.op.Slice;
import dev.capstan.graph.op.SpaceToDepth;
import dev.capstan.graph.op.Split;
import dev.capstan.graph.op.Squeeze;
import dev.capstan.graph.op.Transpose;
import dev.capstan.graph.op.Unsqueeze;
import dev.capstan.torch.internal.tensor.Precision;
import dev.capstan.torch.internal.tensor.Tensors;
import java.util.Arrays;
import java.util.List;
import java.util.stream.LongStream;
import org.bytedeco.pytorch.LongOptional;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.TensorVector;
import org.bytedeco.pytorch.global.torch;
import org.jspecify.annotations.Nullable;

/** Operators that move elements and compute none. */
final class ShapeKernels {
  private ShapeKernels() {}

  static Tensor concat(Concat concat, @Nullable Tensor[] inputs, Precision precision) {
    Tensor[] parts = new Tensor[inputs.length];
    for (int i = 0; i < parts.length; i++) {
      parts[i] = Kernels.operand(inputs, i);
    }
    return torch.cat(new TensorVector(parts), Tensors.shape(parts[0]).axis(concat.axis()));
  }

  static Tensor flatten(Flatten flatten, Tensor x) {
    Shape shape = Tensors.shape(x);
    int split = flatten.axis() == shape.rank() ? shape.rank() : shape.axis(flatten.axis());
    return x.reshape(shape.elements(0, split), shape.elements(split, shape.rank()));
  }

  static Tensor reshape(Reshape reshape, Tensor x) {
    long[] target = new long[reshape.target().size()];
    for (int i = 0; i < target.length; i++) {
      long size = reshape.target().get(i);
      target[i] = size == 0 && !reshape.allowZero() ? x.size(i) : size;
    }
    return x.reshape(target);
  }

  static Tensor slice(Slice slice, Tensor x) {
    Shape shape = Tensors.shape(x);
    Tensor result = x;
    for (int i = 0; i < slice.axes().size(); i++) {
      int axis = shape.axis(slice.axes().get(i));
      long start = slice.start(i, shape.size(axis));
      long count = slice.count(i, shape.size(axis));
      result = every(result, axis, start, count, slice.steps().get(i));
    }
    return result == x ? new Tensor(x) : result;
  }

  /** {@code count} indices from {@code start} on; libtorch takes no negative steps, so flip. */
  private static Tensor every(Tensor x, int axis, long start, long count, long step) {
    if (count == 0) {
      return x.narrow(axis, 0, 0);
    }
    long last = start + (count - 1) * step;
    LongOptional from = new LongOptional(Math.min(start, last));
    LongOptional to = new LongOptional(Math.max(start, last) + 1);
    Tensor ascending = x.slice(axis, from, to, Math.abs(step));
    return step > 0 ? ascending : ascending.flip(axis);
  }

  static Tensor transpose(Transpose transpose, Tensor x) {
    return x.permute(Margin.longs(transpose.perm()));
  }

  static Tensor[] split(Split split, Tensor x) {
    List<Long> sizes = split.sizes(x.size(split.axis()));
    Tensor[] parts = new Tensor[sizes.size()];
    long start = 0;
    for (int i = 0; i < parts.length; i++) {
      parts[i] = x.narrow(split.axis(), start, sizes.get(i));
      start += sizes.get(i);
    }
    return parts;
  }

  static Tensor squeeze(Squeeze squeeze, Tensor x) {
    return x.squeeze(Margin.longs(squeeze.axes()));
  }

  static Tensor unsqueeze(Unsqueeze unsqueeze, Tensor x) {
    Tensor result = new Tensor(x);
    for (int axis : unsqueeze.axes()) {
      result = result.unsqueeze(axis);
    }
    return result;
  }

  static Tensor expand(Expand expand, Tensor x) {
    long[] target = expand.shape().stream().mapToLong(Long::longValue).toArray();
    long[] sizes = Arrays.copyOf(target, Math.max(target.length, (int) x.dim()));
    System.arraycopy(target, 0, sizes, sizes.length - target.length, target.length);
    Arrays.fill(sizes, 0, sizes.length - target.length, 1);
    for (int i = 1; i <= x.dim(); i++) {
      sizes[sizes.length - i] = Math.max(sizes[sizes.length - i], x.size(x.dim() - i));
    }
    return x.expand(sizes);
  }

  static Tensor gather(Gather gather, Tensor x) {
    long extent = x.size(gather.axis());
    long[] indices = gather.indices().stream().mapToLong(i -> i < 0 ? i + extent : i).toArray();
    Tensor taken = x.index_select(gather.axis(), Tensors.of(indices, indices.length));
    return gather.keepAxis() ? taken : taken.squeeze(gather.axis());
  }

  static Tensor depthToSpace(DepthToSpace operator, Tensor x) {
    long b = operator.block();
    long c = x.size(1) / (b * b);
    long[] order = {0, 1, 4, 2, 5, 3};
    Tensor blocks = x.reshape(x.size(0), c, b, b, x.size(2), x.size(3));
    if (!operator.columnRow()) {
      blocks = x.reshape(x.size(0), b, b, c, x.size(2), x.size(3)).permute(0, 3, 1, 2, 4, 5);
    }
    return blocks.permute(order).reshape(x.size(0), c, x.size(2) * b, x.size(3) * b);
  }

  static Tensor spaceToDepth(SpaceToDepth operator, Tensor x) {
    long b = operator.block();
    long h = x.size(2) / b;
    long w = x.size(3) / b;
    Tensor blocks = x.reshape(x.size(0), x.size(1), h, b, w, b).permute(0, 3, 5, 1, 2, 4);
    return blocks.reshape(x.size(0), x.size(1) * b * b, h, w);
  }

  static Tensor pad(Pad pad, Tensor x) {
    int rank = pad.pads().size() / 2;
    if (pad.mode() == Pad.Mode.CONSTANT) {
      long[] pads = new long[2 * rank];
      for (int axis = 0; axis < rank; axis++) {
        // libtorch counts axes from the innermost.
        pads[2 * (rank - 1 - axis)] = pad.pads().get(axis);
        pads[2 * (rank - 1 - axis) + 1] = pad.pads().get(axis + rank);
      }
      return torch.constant_pad_nd(x, pads, new Scalar(pad.value()));
    }
    Tensor result = new Tensor(x);
    for (int axis = 0; axis < rank; axis++) {
      long before = pad.pads().get(axis);
      long after = pad.pads().get(axis + rank);
      if (before != 0 || after != 0) {
        long[] indices = indices(pad.mode(), x.size(axis), before, after);
        result = result.index_select(axis, Tensors.of(indices, indices.length));
      }
    }
    return result;
  }

  /** Which elements of an axis its padding repeats, with those it has between. */
  private static long[] indices(Pad.Mode mode, long size, long before, long after) {
    return LongStream.range(-before, size + after)
        .map(
            i ->
                switch (mode) {
                  case EDGE -> Math.max(0, Math.min(i, size - 1));
                  case WRAP -> Math.floorMod(i, size);
                  default -> reflected(i, size);
                })
        .toArray();
  }

  /** The border itself is not repeated: 2 1 0 1 2 1 0. */
  private static long reflected(long i, long size) {
    long period = Math.max(1, 2 * (size - 1));
    long inside = Math.floorMod(i, period);
    return Math.min(inside, period - inside);
  }
}
