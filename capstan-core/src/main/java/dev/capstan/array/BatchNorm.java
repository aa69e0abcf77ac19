package dev.capstan.array;

import dev.capstan.error.InvalidInputException;
import dev.capstan.graph.Constant;
import dev.capstan.graph.ConstantWriter;
import dev.capstan.graph.DataType;
import java.util.List;
import java.util.function.Supplier;

/**
 * {@code y = (x - mean) / sqrt(variance + epsilon) * scale + bias} for each channel, which axis 1
 * counts.
 *
 * @param scale one a channel, as the others
 * @param bias what is added
 * @param mean given, or that of earlier batches
 * @param variance given, or that of earlier batches
 * @param epsilon keeps the root from 0
 */
public record BatchNorm(
    Constant scale, Constant bias, Constant mean, Constant variance, double epsilon) {

  /** With the mean and the variance that are given. */
  public Pending apply(Constant x) {
    check(x);
    return pending(x, () -> normalized(x, mean, variance));
  }

  /**
   * As in training: with the mean and the variance (over n, not n - 1) of x itself.
   *
   * @param momentum how much of the mean and the variance that are given stays
   * @return y, then the mean and the variance of all batches so far
   */
  public List<Pending> train(Constant x, double momentum) {
    check(x);
    if (x.elements() == 0) {
      throw new InvalidInputException("%s has no mean".formatted(x));
    }
    return List.of(
        pending(x, () -> normalized(x, mean(x), variance(x))),
        running(x, mean, momentum, () -> mean(x)),
        running(x, variance, momentum, () -> variance(x)));
  }

  private static Pending pending(Constant x, Supplier<Constant> maker) {
    return Pending.over(x, x.type(), x.sizes(), maker);
  }

  private void check(Constant x) {
    for (Constant each : List.of(scale, bias, mean, variance)) {
      if (x.rank() < 2 || each.rank() != 1 || each.size(0) != x.size(1)) {
        throw new InvalidInputException(
            "expected one number for each channel of %s, found %s".formatted(x, each));
      }
    }
  }

  private Constant normalized(Constant x, Constant means, Constant variances) {
    double[] factors = new double[x.size(1)];
    double[] summands = new double[x.size(1)];
    for (int c = 0; c < factors.length; c++) {
      factors[c] = scale.real(c) / Math.sqrt(variances.real(c) + epsilon);
      summands[c] = bias.real(c) - means.real(c) * factors[c];
    }
    ConstantWriter result = new ConstantWriter(x.type(), x.sizes());
    int inner = inner(x);
    for (int i = 0; i < x.elements(); i++) {
      int c = i / inner % factors.length;
      result.put(i, x.real(i) * factors[c] + summands[c]);
    }
    return result.constant();
  }

  private static Constant mean(Constant x) {
    double[] sums = new double[x.size(1)];
    int inner = inner(x);
    for (int i = 0; i < x.elements(); i++) {
      sums[i / inner % sums.length] += x.real(i);
    }
    return mean(sums, x);
  }

  private static Constant variance(Constant x) {
    Constant means = mean(x);
    double[] sums = new double[x.size(1)];
    int inner = inner(x);
    for (int i = 0; i < x.elements(); i++) {
      int c = i / inner % sums.length;
      double difference = x.real(i) - means.real(c);
      sums[c] += difference * difference;
    }
    return mean(sums, x);
  }

  private static Constant mean(double[] sums, Constant x) {
    ConstantWriter result = new ConstantWriter(DataType.FLOAT64, sums.length);
    for (int c = 0; c < sums.length; c++) {
      result.put(c, sums[c] * sums.length / x.elements());
    }
    return result.constant();
  }

  /** Elements of a channel that lie side by side. */
  private static int inner(Constant x) {
    return (int) x.shape().elements(2, x.rank());
  }

  private static Pending running(
      Constant x, Constant old, double momentum, Supplier<Constant> found) {
    return Pending.over(
        x,
        old.type(),
        old.sizes(),
        () -> {
          Constant now = found.get();
          ConstantWriter result = new ConstantWriter(old.type(), old.sizes());
          for (int c = 0; c < old.elements(); c++) {
            result.put(c, old.real(c) * momentum + now.real(c) * (1 - momentum));
          }
          return result.constant();
        });
  }
}
