package dev.capstan.engine;

import dev.capstan.graph.op.BatchNormalization;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.TensorOptional;
import org.bytedeco.pytorch.global.torch;
import org.jspecify.annotations.Nullable;

/** Batch normalization with inference statistics. */
final class Normalization {
  /** Has no effect where statistics are not updated. */
  private static final double NO_MOMENTUM = 0;

  private Normalization() {}

  static Tensor run(BatchNormalization op, @Nullable Tensor[] inputs, Precision precision) {
    return torch.batch_norm(
        Kernels.operand(inputs, 0),
        parameter(inputs, 1),
        parameter(inputs, 2),
        parameter(inputs, 3),
        parameter(inputs, 4),
        false,
        NO_MOMENTUM,
        op.epsilon(),
        false);
  }

  private static TensorOptional parameter(@Nullable Tensor[] inputs, int index) {
    return new TensorOptional(Kernels.operand(inputs, index));
  }
}
