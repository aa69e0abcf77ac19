package dev.capstan.torch.internal.train;

import java.util.SplittableRandom;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.Tensor;

/**
 * Images of a batch laid over each other: {@code x_i <- s x_i + (1 - s) x_p(i)}, s drawn evenly
 * from 0 to 1 for the batch, p a turn of its images. A teacher says of any picture what it sees, so
 * few images teach more. Source: Zhang et al. (2018), mixup; without labels, Beyer et al. (2022),
 * Knowledge distillation: A good teacher is patient and consistent.
 */
final class Mixing {
  private Mixing() {}

  /** What the network is shown of some inputs of a batch, mixed alike; the caller's scope's. */
  static Tensor[] of(Tensor[] inputs, SplittableRandom random) {
    long images = inputs[0].size(0);
    if (images < 2) {
      return inputs;
    }
    Scalar share = new Scalar(random.nextDouble());
    long turn = random.nextLong(1, images);
    Tensor[] mixed = new Tensor[inputs.length];
    for (int i = 0; i < inputs.length; i++) {
      Tensor others = inputs[i].roll(new long[] {turn}, new long[] {0});
      mixed[i] = others.lerp(inputs[i], share);
    }
    return mixed;
  }
}
