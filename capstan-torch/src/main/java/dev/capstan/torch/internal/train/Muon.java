package dev.capstan.torch.internal.train;

import dev.capstan.torch.internal.tensor.ThreadedProducts;
import java.util.List;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.NoGradGuard;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.ScalarTypeOptional;
import org.bytedeco.pytorch.Tensor;

/**
 * Muon (Jordan et al., "Muon: an optimizer for hidden layers in neural networks", 2024) for kernels
 * of convolutions, seen as matrices of one row an output channel. With {@code v = momentum v +
 * gradient} and {@code d = gradient + momentum v = U Sigma V^T}, a step is {@code w = w - share |w|
 * O / |O|}, where O is near {@code U V^T}: all directions of d count the same, however steep, and a
 * kernel changes by the same share of its Frobenius norm wherever it stands.
 *
 * <p>A step costs 15 products of matrices no larger than the kernel, no pass over images. Kernels
 * do not decay: what a step changes is a share of them, however large they are.
 */
final class Muon {
  /**
   * A quintic Newton-Schulz step, {@code X = a X + b X X^T X + c (X X^T)^2 X}: five of them bring
   * singular values from anywhere in (0.003, 1] into (0.68, 1.14). They need not be 1 for a step.
   */
  private static final double[] QUINTIC = {3.4445, -4.7750, 2.0315};

  private static final int ITERATIONS = 5;

  /** Keeps a gradient of zeros from being divided by its norm. */
  private static final double TINY = 1e-30;

  private final List<Kernel> kernels;
  private final double momentum;

  /**
   * A kernel, [outputs, inputs / groups, ...]; the tensors stay the caller's.
   *
   * @param groups how many groups its rows fall into, each orthogonal in itself
   */
  record Kernel(Tensor weights, Tensor gradient, Tensor velocity, int groups) {}

  /** An optimiser of these kernels. */
  Muon(List<Kernel> kernels, double momentum) {
    this.kernels = List.copyOf(kernels);
    this.momentum = momentum;
  }

  /**
   * One step; the gradients are zero afterwards, ready to be summed up anew.
   *
   * @param share of its norm by which each kernel changes
   */
  void step(double share) {
    try (NoGradGuard guard = new NoGradGuard()) {
      kernels.forEach(kernel -> step(kernel, share));
    }
  }

  private void step(Kernel kernel, double share) {
    try (PointerScope scope = new PointerScope()) {
      Tensor gradient = kernel.gradient();
      Tensor velocity = kernel.velocity().mul_(new Scalar(momentum)).add_(gradient);
      Tensor direction = orthogonal(gradient.add(velocity, new Scalar(momentum)), kernel.groups());
      Tensor weights = kernel.weights();
      Tensor length = weights.norm().div(direction.norm().add(new Scalar(TINY)));
      weights.sub_(direction.mul(length).mul(new Scalar(share)));
      gradient.zero_();
    }
  }

  /** Near the orthogonal factor of each group's matrix, in the kernel's own shape. */
  private static Tensor orthogonal(Tensor kernel, int groups) {
    Tensor matrices = kernel.reshape(groups, kernel.size(0) / groups, -1);
    boolean tall = matrices.size(1) > matrices.size(2);
    Tensor wide = tall ? matrices.transpose(1, 2) : matrices;
    Tensor near = newtonSchulz(wide);
    return (tall ? near.transpose(1, 2) : near).reshape(kernel.shape());
  }

  private static Tensor newtonSchulz(Tensor wide) {
    Tensor squares = wide.mul(wide).sum(new long[] {1, 2}, true, new ScalarTypeOptional());
    Tensor x = wide.div(squares.sqrt().add(new Scalar(TINY)));
    for (int i = 0; i < ITERATIONS; i++) {
      Tensor gram = ThreadedProducts.each(x, x.transpose(1, 2));
      Tensor higher =
          gram.mul(new Scalar(QUINTIC[1]))
              .add(ThreadedProducts.each(gram, gram), new Scalar(QUINTIC[2]));
      x = x.mul(new Scalar(QUINTIC[0])).add(ThreadedProducts.each(higher, x));
    }
    return x;
  }
}
