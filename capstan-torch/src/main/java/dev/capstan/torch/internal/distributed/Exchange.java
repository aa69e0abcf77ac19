package dev.capstan.torch.internal.distributed;

import dev.capstan.data.Division;
import dev.capstan.torch.internal.tensor.Tensors;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.NoGradGuard;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.TensorVector;
import org.bytedeco.pytorch.global.torch;
import org.bytedeco.pytorch.global.torch.ScalarType;

/**
 * Brings together what the micro-batches of a step give, those of all processes: each adds sums
 * over its images, and the sum of all is divided by the number of images that were really there. So
 * a step is the same to rounding, whatever the number of processes and whichever images are
 * damaged.
 *
 * <p>A step that is not divided keeps the mean that its one batch gives, to the bit.
 *
 * @param group the processes
 * @param microBatches of a step, over all processes
 */
public record Exchange(ProcessGroup group, int microBatches) {
  /** One process whose steps are not divided. */
  public static final Exchange NONE = new Exchange(ProcessGroup.ALONE, 1);

  /** How steps are divided. */
  public Division division() {
    return new Division(microBatches, group.rank(), group.worldSize());
  }

  /** Whether there is nothing to bring together. */
  public boolean isNeedless() {
    return microBatches == 1 && group.isAlone();
  }

  /** By what the mean over the images of a micro-batch is multiplied to be summed up. */
  public double weight(int images) {
    return microBatches == 1 ? 1 : images;
  }

  /** By what sums over so many images are divided; where there are none they are zero. */
  public double divisor(double images) {
    return microBatches == 1 ? 1 : Math.max(1, images);
  }

  /**
   * Puts the sums over all processes in the place of this one's: in one vector, so that they are
   * waited for once.
   *
   * @param sums tensors of one type
   * @param figures numbers beside them
   * @return the sums of the figures, in that type's precision
   */
  public double[] sum(List<Tensor> sums, double... figures) {
    return sum(sums, () -> {}, figures);
  }

  /**
   * The same.
   *
   * @param meanwhile what is done while others are waited for ({@link ProcessGroup#allReduce})
   */
  public double[] sum(List<Tensor> sums, Runnable meanwhile, double... figures) {
    if (group.isAlone()) {
      return figures;
    }
    try (NoGradGuard guard = new NoGradGuard();
        PointerScope scope = new PointerScope()) {
      Tensor numbers = Tensors.of(figures, figures.length);
      ScalarType type = sums.isEmpty() ? ScalarType.Double : sums.get(0).scalar_type();
      Tensor whole =
          torch.cat(
              new TensorVector(
                  Stream.concat(
                          sums.stream().map(sum -> sum.reshape(-1)), Stream.of(numbers.to(type)))
                      .toArray(Tensor[]::new)));
      group.allReduce(whole, meanwhile);
      return distributed(whole, sums, figures.length);
    }
  }

  private static double[] distributed(Tensor whole, List<Tensor> sums, int figures) {
    long from = 0;
    for (Tensor sum : sums) {
      sum.copy_(whole.narrow(0, from, sum.numel()).view(sum.shape()));
      from += sum.numel();
    }
    Tensor rest = whole.narrow(0, from, figures).to(ScalarType.Double).contiguous();
    return Tensors.doubles(rest);
  }

  /** Divides sums over so many images by their number. */
  public void divide(List<Tensor> sums, double images) {
    double divisor = divisor(images);
    if (divisor == 1) {
      return;
    }
    try (NoGradGuard guard = new NoGradGuard();
        PointerScope scope = new PointerScope()) {
      sums.forEach(sum -> sum.div_(new Scalar(divisor)));
    }
  }

  /** The same of numbers. */
  public double[] divided(double[] sums, double images) {
    return Arrays.stream(sums).map(sum -> sum / divisor(images)).toArray();
  }
}
