package dev.capstan.engine;

import dev.capstan.graph.Shape;
import dev.capstan.graph.op.Clip;
import dev.capstan.graph.op.Softmax;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.ScalarOptional;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;

/** Functions of one tensor that keep its shape. */
final class Pointwise {
  private Pointwise() {}

  static Tensor clip(Clip clip, Tensor x) {
    if (Float.isInfinite(clip.min()) && Float.isInfinite(clip.max())) {
      return new Tensor(x);
    }
    return torch.clamp(x, limit(clip.min()), limit(clip.max()));
  }

  private static ScalarOptional limit(float value) {
    return Float.isInfinite(value) ? new ScalarOptional() : new ScalarOptional(new Scalar(value));
  }

  static Tensor softmax(Softmax softmax, Tensor x) {
    Shape shape = Tensors.shape(x);
    int axis = shape.axis(softmax.axis());
    if (!softmax.flattened()) {
      return torch.softmax(x, axis);
    }
    long[] rows = {shape.elements(0, axis), shape.elements(axis, shape.rank())};
    return torch.softmax(x.reshape(rows), 1).reshape(shape.sizes());
  }
}
