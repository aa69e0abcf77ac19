package dev.capstan.torch.internal.train;

import dev.capstan.torch.internal.distributed.Exchange;
import java.util.ArrayList;
import java.util.List;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.NoGradGuard;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.Tensor;
import org.jspecify.annotations.Nullable;

/**
 * What the micro-batches of a step add up to, over all processes: losses, images, gradients, and
 * running statistics, which each micro-batch moves from where the step found them, and which the
 * step moves by their mean. Owns what it needs for that until closed; not where a step is one batch
 * of one process, which moves them itself.
 */
final class StepSums implements AutoCloseable {
  private final Exchange exchange;
  private final FlatTensors gradients;
  private final @Nullable Statistics statistics;
  private double loss;
  private long images;

  /** Running statistics, as the step found them, and the sum of what they became. */
  private record Statistics(FlatTensors now, FlatTensors before, FlatTensors sum) {
    void take(double weight) {
      sum.whole().add_(now.whole(), new Scalar(weight));
      now.set(before);
    }

    void begin() {
      before.set(now);
      sum.clear();
    }
  }

  /**
   * What a step gave.
   *
   * @param loss before it, mean over the images; no number where that of a micro-batch was none
   * @param images of all processes
   */
  record Together(double loss, long images) {
    /** Whether there is something to go by. */
    boolean isSound() {
      return images > 0 && Double.isFinite(loss);
    }
  }

  /**
   * Sums of nothing yet.
   *
   * @param gradients that backward passes add to; stay the caller's
   * @param statistics that forward passes move, null for none; stay the caller's
   */
  StepSums(Exchange exchange, FlatTensors gradients, @Nullable FlatTensors statistics) {
    this.exchange = exchange;
    this.gradients = gradients;
    this.statistics =
        statistics == null || exchange.isNeedless()
            ? null
            : new Statistics(statistics, statistics.copy(), statistics.zeros());
  }

  /** A micro-batch's part of the step's loss, whose gradient is to be added. */
  Tensor part(Tensor mean, int count) {
    double weight = exchange.weight(count);
    loss += weight * mean.item_double();
    images += count;
    return weight == 1 ? mean : mean.mul(new Scalar(weight));
  }

  /** Ends a micro-batch. */
  void endPart(int count) {
    if (statistics != null) {
      try (NoGradGuard guard = new NoGradGuard();
          PointerScope scope = new PointerScope()) {
        statistics.take(exchange.weight(count));
      }
    }
  }

  /**
   * Ends a step: gradients and statistics are means over the images of all processes.
   *
   * @param meanwhile what is done while others are waited for
   */
  Together bringTogether(Runnable meanwhile) {
    try (NoGradGuard guard = new NoGradGuard();
        PointerScope scope = new PointerScope()) {
      List<Tensor> parts = new ArrayList<>(List.of(gradients.whole()));
      if (statistics != null) {
        parts.add(statistics.sum().whole());
      }
      double[] sums = exchange.sum(parts, meanwhile, loss, images);
      long count = Math.round(sums[1]);
      exchange.divide(parts, count);
      Together together = new Together(sums[0] / exchange.divisor(count), count);
      if (statistics != null && together.isSound()) {
        statistics.now().set(statistics.sum());
      }
      if (!together.isSound()) {
        gradients.clear();
      }
      forget();
      return together;
    }
  }

  /** Begins anew from the statistics as they are. */
  void forget() {
    loss = 0;
    images = 0;
    if (statistics != null) {
      statistics.begin();
    }
  }

  @Override
  public void close() {
    if (statistics != null) {
      statistics.before().close();
      statistics.sum().close();
    }
  }
}
