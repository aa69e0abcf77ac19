package dev.capstan.torch.internal.kernel;

import dev.capstan.graph.DataType;
import dev.capstan.graph.Shape;
import dev.capstan.graph.op.Cast;
import dev.capstan.graph.op.Clip;
import dev.capstan.graph.op.Distribution;
import dev.capstan.graph.op.LogSoftmax;
import dev.capstan.graph.op.Softmax;
import dev.capstan.torch.internal.tensor.Precision;
import dev.capstan.torch.internal.tensor.Tensors;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.ScalarOptional;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;
import org.bytedeco.pytorch.global.torch.ScalarType;
import org.jspecify.annotations.Nullable;

/** Functions of one tensor that keep its shape. */
final class Elementwise {
  private Elementwise() {}

  static Tensor clip(Clip clip, Tensor x) {
    if (Float.isInfinite(clip.min()) && Float.isInfinite(clip.max())) {
      return new Tensor(x);
    }
    return torch.clamp(x, limit(clip.min()), limit(clip.max()));
  }

  private static ScalarOptional limit(float value) {
    return Float.isInfinite(value) ? new ScalarOptional() : new ScalarOptional(new Scalar(value));
  }

  /** All floating types are one here: the one that the run keeps its weights in. */
  static Tensor cast(Cast cast, @Nullable Tensor[] inputs, Precision precision) {
    Tensor x = Kernels.operand(inputs, 0);
    if (cast.to().isFloating()) {
      return x.is_floating_point() ? new Tensor(x) : x.to(precision.storage());
    }
    return x.to(cast.to() == DataType.BOOL ? ScalarType.Bool : ScalarType.Long);
  }

  static Tensor softmax(Softmax softmax, Tensor x) {
    return alongAxis(softmax, x, torch::softmax);
  }

  static Tensor logSoftmax(LogSoftmax softmax, Tensor x) {
    return alongAxis(softmax, x, torch::log_softmax);
  }

  /** A function of a tensor and an axis. */
  private interface AlongAxis {
    Tensor apply(Tensor x, long axis);
  }

  private static Tensor alongAxis(Distribution softmax, Tensor x, AlongAxis function) {
    Shape shape = Tensors.shape(x);
    int axis = shape.axis(softmax.axis());
    if (!softmax.flattened()) {
      return function.apply(x, axis);
    }
    long[] rows = {shape.elements(0, axis), shape.elements(axis, shape.rank())};
    return function.apply(x.reshape(rows), 1).reshape(shape.sizes());
  }
}
