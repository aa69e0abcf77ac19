package dev.capstan.torch.internal.loss;

import dev.capstan.graph.Graph;
import dev.capstan.graph.Node;
import dev.capstan.graph.op.Softmax;
import dev.capstan.outputs.OutputKind;
import dev.capstan.outputs.judged.JudgedOutputs;
import dev.capstan.torch.internal.loss.ComparedOutputs.Compared;
import dev.capstan.torch.internal.tensor.Tensors;
import java.util.Arrays;
import java.util.List;
import org.bytedeco.pytorch.LongOptional;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.ScalarTypeOptional;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;

/**
 * The task term of the loss (docs/method.md, section 4.4): cross-entropy where there are labels,
 * else the divergence from the original network's outputs, or their relative squared error where
 * they are no classes.
 */
public final class TaskLoss {
  private static final double SMALLEST_PROBABILITY = 1e-12;

  /** Share of the norm below which variation is round-off. */
  private static final double CONSTANT = 1e-10;

  private final boolean classes;
  private final boolean probabilities;
  private final ComparedOutputs compared;

  /** The loss of a graph's outputs. */
  public TaskLoss(Graph graph) {
    this.classes = OutputKind.of(graph) == OutputKind.CLASSES;
    this.compared = new ComparedOutputs(graph);
    Node last = graph.producer(JudgedOutputs.of(graph).get(0).name());
    this.probabilities = last != null && last.operator() instanceof Softmax;
  }

  /** Whether the outputs are classes. */
  public boolean ofClasses() {
    return classes;
  }

  /** The output that gives classes: there may be others, of which the extents alone are read. */
  public Tensor first(List<Tensor> outputs) {
    return compared.first(outputs);
  }

  /** Logarithms of the probabilities of the classes, N x classes. */
  public Tensor logProbabilities(Tensor output) {
    return probabilities
        ? output.clamp_min(new Scalar(SMALLEST_PROBABILITY)).log()
        : torch.log_softmax(output, 1);
  }

  /** Mean cross-entropy, in nats. */
  public Tensor crossEntropy(Tensor output, int[] labels) {
    long[] classes = Arrays.stream(labels).asLongStream().toArray();
    return torch.nll_loss(logProbabilities(output), Tensors.of(classes, classes.length));
  }

  /**
   * Mean cross-entropy with labels of which a share {@code smoothing} is spread evenly over all
   * classes, in nats.
   */
  public Tensor crossEntropy(Tensor output, int[] labels, double smoothing) {
    Tensor hard = crossEntropy(output, labels);
    if (smoothing == 0) {
      return hard;
    }
    Tensor even = logProbabilities(output).mean().neg();
    return hard.mul(new Scalar(1 - smoothing)).add(even.mul(new Scalar(smoothing)));
  }

  /**
   * A loss that needs no target yet has a gradient, which the divergence from the outputs
   * themselves has not: mean cross-entropy with the class that the network finds most probable, or
   * half the mean squared norm of outputs that are no classes.
   */
  public Tensor ofOwnClasses(List<Tensor> outputs) {
    if (classes) {
      Tensor logs = logProbabilities(first(outputs));
      return torch.nll_loss(logs, logs.argmax(new LongOptional(1), false));
    }
    return compared.of(outputs, outputs, outputs.get(0).size(0)).stream()
        .map(Compared::output)
        .map(output -> output.square().sum().div(new Scalar(2.0 * outputs.get(0).size(0))))
        .reduce(Tensor::add)
        .orElseThrow();
  }

  /** Mean divergence of {@code outputs} from {@code targets}, one tensor an output of the graph. */
  public Tensor divergence(List<Tensor> targets, List<Tensor> outputs) {
    return divergence(targets, outputs, 1);
  }

  /**
   * The same of probabilities softened by a temperature T, times T squared, so that gradients keep
   * their size (Hinton et al. 2015, section 2). T says nothing about outputs that are no classes.
   */
  public Tensor divergence(List<Tensor> targets, List<Tensor> outputs, double temperature) {
    return classes
        ? klDivergence(softened(first(targets), temperature), softened(first(outputs), temperature))
            .mul(new Scalar(temperature * temperature))
        : relativeError(targets, outputs);
  }

  /** Logarithms of probabilities are logits too, whatever the network gives. */
  private Tensor softened(Tensor output, double temperature) {
    Tensor logs = logProbabilities(output);
    return temperature == 1 ? logs : torch.log_softmax(logs.div(new Scalar(temperature)), 1);
  }

  /** {@code sum_k p_k (log p_k - log q_k)}, mean over the batch. */
  private static Tensor klDivergence(Tensor logTarget, Tensor logOutput) {
    Tensor each = logTarget.exp().mul(logTarget.sub(logOutput));
    return each.sum().div(new Scalar((double) logTarget.size(0)));
  }

  /**
   * How far outputs are from targets, {@code ||o - t||^2 / ||t - mean t||^2}, the mean over the
   * batch; logits have the mean over their classes taken off, which no probability hangs on. Unlike
   * a divergence it adds up over small disturbances and does not flatten at large ones.
   */
  public Tensor outputError(List<Tensor> targets, List<Tensor> outputs) {
    if (!classes) {
      return relativeError(targets, outputs);
    }
    Tensor target = centered(first(targets));
    Tensor spread = target.sub(target.mean(new long[] {0}, true, new ScalarTypeOptional()));
    return centered(first(outputs))
        .sub(target)
        .square()
        .sum()
        .div(spread.square().sum().clamp_min(new Scalar(Float.MIN_NORMAL)));
  }

  private Tensor centered(Tensor output) {
    Tensor logits = probabilities ? logProbabilities(output) : output;
    return logits.sub(logits.mean(new long[] {1}, true, new ScalarTypeOptional()));
  }

  /**
   * Of each output {@code ||o - t||^2 / ||t - mean t||^2}, the mean over the batch; over {@code
   * ||t||^2} where nothing varies. The mean over the outputs.
   */
  private Tensor relativeError(List<Tensor> targets, List<Tensor> outputs) {
    List<Compared> all = compared.of(targets, outputs, targets.get(0).size(0));
    return all.stream()
        .map(output -> output.difference().div(variation(output.target(), output.rows())))
        .reduce(Tensor::add)
        .orElseThrow(() -> new IllegalArgumentException("no outputs to compare"))
        .div(new Scalar((double) all.size()));
  }

  /** {@code ||t - mean t||^2} as of many rows. */
  private static Tensor variation(Tensor target, long rows) {
    Tensor squares = target.square().sum();
    Tensor least = squares.clamp_min(new Scalar(Float.MIN_NORMAL));
    if (rows < 2) {
      return least;
    }
    Tensor mean = target.mean(new long[] {0}, true, new ScalarTypeOptional());
    Tensor spread = target.sub(mean).square().sum().mul(new Scalar(rows / (rows - 1.0)));
    return torch.where(spread.gt(squares.mul(new Scalar(CONSTANT))), spread, least);
  }
}
