package dev.capstan.engine;

import dev.capstan.graph.InvalidInputException;
import dev.capstan.graph.Shape;
import dev.capstan.graph.op.Concat;
import dev.capstan.graph.op.Flatten;
import dev.capstan.graph.op.Pad;
import dev.capstan.graph.op.Reshape;
import dev.capstan.graph.op.Slice;
import java.util.Arrays;
import java.util.List;
import org.bytedeco.pytorch.DoubleOptional;
import org.bytedeco.pytorch.LongOptional;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.TensorVector;
import org.bytedeco.pytorch.global.torch;
import org.jspecify.annotations.Nullable;

/** Operators that move elements and compute none. */
final class Layouts {
  private Layouts() {}

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

  static Tensor pad(Pad pad, Tensor x) {
    int rank = pad.pads().size() / 2;
    long[] pads = new long[2 * rank];
    for (int axis = 0; axis < rank; axis++) {
      // libtorch counts axes from the innermost.
      pads[2 * (rank - 1 - axis)] = pad.pads().get(axis);
      pads[2 * (rank - 1 - axis) + 1] = pad.pads().get(axis + rank);
    }
    return switch (pad.mode()) {
      case CONSTANT -> torch.constant_pad_nd(x, pads, new Scalar(pad.value()));
      case REFLECT -> padFromInside(pad, x, pads, "reflect");
      case EDGE -> padFromInside(pad, x, pads, "replicate");
      case WRAP -> padFromInside(pad, x, pads, "circular");
    };
  }

  private static Tensor padFromInside(Pad pad, Tensor x, long[] pads, String mode) {
    int rank = pads.length / 2;
    List<Integer> batchAndChannels =
        List.of(
            pad.pads().get(0), pad.pads().get(1), pad.pads().get(rank), pad.pads().get(rank + 1));
    if (rank < 3 || batchAndChannels.stream().anyMatch(count -> count != 0)) {
      throw new InvalidInputException(
          "expected padding of mode %s on spatial axes only, found %s"
              .formatted(pad.mode(), pad.pads()));
    }
    long[] spatial = Arrays.copyOf(pads, pads.length - 4);
    return torch.pad(x, spatial, mode, new DoubleOptional());
  }
}
