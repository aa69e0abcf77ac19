package dev.capstan.torch.internal.loss;

import dev.capstan.data.ImageSubset;
import dev.capstan.graph.Graph;
import dev.capstan.graph.Node;
import dev.capstan.graph.op.Softmax;
import dev.capstan.outputs.OutputKind;
import dev.capstan.outputs.judged.JudgedOutput.Part;
import dev.capstan.outputs.judged.JudgedOutputs;
import dev.capstan.torch.internal.engine.Execution;
import dev.capstan.torch.internal.loss.ComparedOutputs.Compared;
import dev.capstan.torch.internal.tensor.Tensors;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import org.bytedeco.pytorch.LongOptional;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.ScalarTypeOptional;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;
import org.jspecify.annotations.Nullable;

/**
 * The task term of the loss (docs/method.md, section 4.4): cross-entropy where there are labels,
 * else the divergence from the original network's outputs, or their relative squared error where
 * they are no classes.
 */
public final class TaskLoss {
  private static final double SMALLEST_PROBABILITY = 1e-12;

  /** Images that tell how much outputs vary. */
  private static final int SAMPLE = 64;

  private final boolean classes;
  private final boolean probabilities;
  private final ComparedOutputs compared;
  private final @Nullable OutputVariation variation;

  /** The loss of a graph's outputs; errors are measured by what a batch's outputs vary. */
  public TaskLoss(Graph graph) {
    this.classes = OutputKind.of(graph) == OutputKind.CLASSES;
    this.compared = new ComparedOutputs(graph);
    Node last = graph.producer(JudgedOutputs.of(graph).get(0).name());
    this.probabilities = last != null && last.operator() instanceof Softmax;
    this.variation = null;
  }

  private TaskLoss(TaskLoss of, OutputVariation variation) {
    this.classes = of.classes;
    this.compared = of.compared;
    this.probabilities = of.probabilities;
    this.variation = variation;
  }

  /**
   * The same, errors measured by what the original's outputs vary over images.
   *
   * @param original of these outputs: it is run
   * @param images some of which are seen
   */
  public TaskLoss measured(Graph original, ImageSubset images, Execution execution) {
    ImageSubset sample = images.sample(SAMPLE, 0);
    return new TaskLoss(
        this,
        OutputVariation.of(
            original, sample, execution, (outputs, count) -> compared(outputs, outputs, count)));
  }

  /** The same where divergences alone are taken: those of classes are measured by nothing. */
  public TaskLoss measuredForDivergence(Graph original, ImageSubset images, Execution execution) {
    return classes ? this : measured(original, images, execution);
  }

  /** By what it measures, as numbers by name; none where that is a batch's. */
  public Map<String, double[]> measures() {
    return variation == null ? Map.of() : variation.numbers();
  }

  /** The same by measures of another one. */
  public TaskLoss measuredBy(Map<String, double[]> measures) {
    return measures.isEmpty() ? this : new TaskLoss(this, OutputVariation.of(measures));
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
        : outputError(targets, outputs);
  }

  /** Logarithms of probabilities are logits too, whatever the network gives. */
  private Tensor softened(Tensor output, double temperature) {
    Tensor logs = logProbabilities(output);
    return temperature == 1 ? logs : torch.log_softmax(logs.div(new Scalar(temperature)), 1);
  }

  /** Divergences of classes one by one: a vector, an element for each image. */
  public Tensor divergences(List<Tensor> targets, List<Tensor> outputs) {
    Tensor each = pointwise(logProbabilities(first(targets)), logProbabilities(first(outputs)));
    return each.flatten(1, -1).sum(1);
  }

  /** {@code sum_k p_k (log p_k - log q_k)}, mean over the batch. */
  private static Tensor klDivergence(Tensor logTarget, Tensor logOutput) {
    return pointwise(logTarget, logOutput).sum().div(new Scalar((double) logTarget.size(0)));
  }

  private static Tensor pointwise(Tensor logTarget, Tensor logOutput) {
    return logTarget.exp().mul(logTarget.sub(logOutput));
  }

  /**
   * How far outputs are from targets, {@code ||o - t||^2 / ||t - mean t||^2}, or over {@code
   * ||t||^2} where nothing varies: the mean over images and outputs; logits have the mean over
   * their classes taken off, which no probability hangs on. Unlike a divergence it adds up over
   * small disturbances and does not flatten at large ones.
   */
  public Tensor outputError(List<Tensor> targets, List<Tensor> outputs) {
    long images = targets.get(0).size(0);
    List<Compared> all = compared(targets, outputs, images);
    OutputVariation by = variation == null ? OutputVariation.of(all, images) : variation;
    return by.relativeError(all, images);
  }

  /**
   * The outputs along a random direction: a scalar whose gradient g has, over the draws, {@code
   * E[(g . d)^2]} equal to what a small disturbance d adds to {@link #outputError}, summed over
   * images.
   *
   * @param outputs one tensor an output of the graph; autograd follows them
   */
  public Tensor along(List<Tensor> outputs, SplittableRandom random) {
    List<Tensor> fixed = outputs.stream().map(Tensor::detach).toList();
    long images = outputs.get(0).size(0);
    List<Compared> all = compared(fixed, outputs, images);
    OutputVariation by = variation == null ? OutputVariation.of(all, images) : variation;
    return by.along(all, random);
  }

  private List<Compared> compared(List<Tensor> targets, List<Tensor> outputs, long images) {
    return classes
        ? List.of(
            new Compared(
                "classes",
                Part.WHOLE,
                1,
                images,
                centered(first(targets)),
                centered(first(outputs))))
        : compared.of(targets, outputs, images).stream().map(Compared::learned).toList();
  }

  private Tensor centered(Tensor output) {
    Tensor logits = probabilities ? logProbabilities(output) : output;
    return logits.sub(logits.mean(new long[] {1}, true, new ScalarTypeOptional()));
  }
}
