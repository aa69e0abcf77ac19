package dev.capstan.projection;

import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.NoGradGuard;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;
import org.bytedeco.pytorch.global.torch.ScalarType;

/**
 * A matrix P with orthonormal columns that follows a gradient by Adam (Kingma and Ba, 2015) on the
 * proxy: the closed gradient at Y = P, Adam's step, and back to the nearest orthonormal matrix
 * (METHOD section 4). P and the moments are float32: the way back corrects what round-off the steps
 * before left. Owns them until closed.
 */
public final class OrthonormalAdam implements AutoCloseable {
  private static final double BETA1 = 0.9;
  private static final double BETA2 = 0.999;
  private static final double EPSILON = 1e-8;

  /** Width whose learning rate is the nominal one. */
  private static final double REFERENCE_WIDTH = 64;

  private Tensor p;
  private final Tensor mean;
  private final Tensor variance;
  private int steps;

  /** Starts at P, n x r, whose columns must be orthonormal; the tensor stays the caller's. */
  public OrthonormalAdam(Tensor start) {
    try (PointerScope scope = new PointerScope()) {
      p = kept(start.detach().to(ScalarType.Float).clone());
      mean = kept(torch.zeros_like(p));
      variance = kept(torch.zeros_like(p));
    }
  }

  private static Tensor kept(Tensor tensor) {
    tensor.retainReference();
    return tensor;
  }

  /** P as a leaf that needs a gradient; the caller's. */
  public Tensor leaf() {
    return p.detach().set_requires_grad(true);
  }

  /** P, which stays this object's. */
  public Tensor matrix() {
    return p;
  }

  /**
   * One step.
   *
   * @param gradient dL/dP, n x r
   * @param rate learning rate at 64 channels; a step's spectral norm grows with the square root of
   *     the width, and the rate is scaled to make up for that
   */
  public void step(Tensor gradient, double rate) {
    steps++;
    try (NoGradGuard guard = new NoGradGuard();
        PointerScope scope = new PointerScope()) {
      Tensor tangent = Polar.tangent(p, gradient);
      mean.mul_(new Scalar(BETA1)).add_(tangent, new Scalar(1 - BETA1));
      variance.mul_(new Scalar(BETA2)).addcmul_(tangent, tangent, new Scalar(1 - BETA2));
      double scaled = rate * Math.min(1, Math.sqrt(REFERENCE_WIDTH / p.size(0)));
      Tensor root = variance.mul(new Scalar(1 / (1 - Math.pow(BETA2, steps)))).sqrt_();
      Tensor step =
          mean.div(root.add_(new Scalar(EPSILON)))
              .mul_(new Scalar(scaled / (1 - Math.pow(BETA1, steps))));
      // Adam's scaling leaves the tangent space. Back in it, Y^T Y = I + step^T step: the nearest
      // orthonormal matrix is a step of second order away.
      p = replaced(p, Polar.factor(p.sub(Polar.tangent(p, step))));
    }
  }

  private static Tensor replaced(Tensor old, Tensor now) {
    kept(now);
    old.close();
    return now;
  }

  @Override
  public void close() {
    p.close();
    mean.close();
    variance.close();
  }
}
