package dev.capstan.torch.internal.learn;

import dev.capstan.torch.internal.distributed.Exchange;
import dev.capstan.torch.internal.learn.Learner.Loss;
import dev.capstan.torch.internal.learn.Learner.Taken;
import java.util.List;
import java.util.stream.Stream;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.Tensor;

/**
 * What the micro-batches of a step add up to, over all processes: losses, images, and the gradients
 * of bases. Slow spaces gather over several steps: theirs is the sum of as many means.
 */
final class GradientSums {
  private final Exchange exchange;
  private double total;
  private double rho;
  private long images;
  private double slowImages;
  private int slowSteps;

  GradientSums(Exchange exchange) {
    this.exchange = exchange;
  }

  /**
   * Takes in a micro-batch.
   *
   * @param loss its mean over so many images
   * @param values the same as numbers
   * @return its part of the step's sum, whose gradient is to be added
   */
  Tensor part(Tensor loss, Loss values, int count) {
    double weight = exchange.weight(count);
    total += weight * values.total();
    rho += weight * values.rho();
    images += count;
    return weight == 1 ? loss : loss.mul(new Scalar(weight));
  }

  /**
   * Ends a step: in the place of the sums that bases have gathered come means.
   *
   * @param quick those that take a step each time
   * @param slow those that take one now, on what they gathered since their last
   */
  Taken bringTogether(List<LearnedBasis> quick, List<LearnedBasis> slow) {
    List<Tensor> each = gradients(quick);
    List<Tensor> gathered = gradients(slow);
    double[] sums =
        exchange.sum(Stream.concat(each.stream(), gathered.stream()).toList(), total, rho, images);
    long count = Math.round(sums[2]);
    double[] losses = exchange.divided(new double[] {sums[0], sums[1]}, count);
    exchange.divide(each, count);
    if (count > 0) {
      slowImages += count;
      slowSteps++;
    }
    if (!slow.isEmpty()) {
      exchange.divide(gathered, slowImages / Math.max(1, slowSteps));
      slowImages = 0;
      slowSteps = 0;
    }
    next();
    return new Taken(new Loss(losses[0], losses[1]), count);
  }

  private List<Tensor> gradients(List<LearnedBasis> bases) {
    return bases.stream()
        .flatMap(basis -> basis.gradients(exchange.group().isAlone()).stream())
        .toList();
  }

  private void next() {
    total = 0;
    rho = 0;
    images = 0;
  }

  /** Nothing was gathered. */
  void forget() {
    next();
    slowImages = 0;
    slowSteps = 0;
  }
}
