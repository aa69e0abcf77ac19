package dev.capstan.pipeline.input;

import dev.capstan.data.DataSplit;
import dev.capstan.data.ImageStore;
import dev.capstan.data.Order;
import dev.capstan.graph.Graph;
import dev.capstan.graph.InvalidInputException;
import dev.capstan.graph.OutputKind;
import dev.capstan.metric.Metric;
import dev.capstan.recipe.Compute;
import dev.capstan.recipe.WorkListener;
import dev.capstan.report.CompressReport.OwnMetric;
import dev.capstan.report.CompressReport.Stages;
import dev.capstan.report.Scores;
import dev.capstan.torch.Evaluation;
import dev.capstan.torch.OutputErrors;
import dev.capstan.torch.TorchNetwork;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Judges networks: by labels where they classify, else by how far their outputs are from the
 * original's; and by the user's own metric.
 *
 * @param original what outputs are compared with
 * @param images to judge by: those given for it, else those to learn from
 * @param given whether they were given for it; of the others only a part held out is used, and
 *     their labels tell only whether the baseline is near chance
 * @param metric null for none
 */
public record Scorer(
    Graph original,
    ImageStore images,
    boolean given,
    @Nullable Metric metric,
    Compute compute,
    WorkListener listener) {
  /** Images a step. */
  static final int BATCH = 100;

  /** Images that tell whether a baseline is near chance. */
  private static final int CHECKED = 1000;

  /** Below this multiple of chance, classes or preprocessing are probably wrong. */
  private static final double NEAR_CHANCE = 2;

  /** How good a network is, null if there is nothing to judge by. */
  public @Nullable Scores of(Graph graph, String stage) {
    if (!judges()) {
      return null;
    }
    Evaluation accuracy = usesLabels() ? accuracy(graph, stage) : null;
    return new Scores(
        accuracy == null ? null : accuracy.top1(),
        accuracy == null ? null : accuracy.top5(),
        accuracy == null ? null : accuracy.loss(),
        classifies() ? Map.of() : errors(graph, stage),
        metric == null
            ? null
            : new MetricRun(metric, images, indices(), compute).of(graph, stage, listener),
        accuracy == null ? indices().length : accuracy.images());
  }

  /** What the user's own metric said of each stage, null without one. */
  public @Nullable OwnMetric ownMetric(Stages stages) {
    return metric == null ? null : new OwnMetric(metric.name(), metric.higherIsBetter(), stages);
  }

  /** Whether there is something to judge by. */
  public boolean judges() {
    return usesLabels() || !classifies() || metric != null;
  }

  /** Whether images to learn from must be held out for it. */
  public boolean holdsOut() {
    return !given && judges();
  }

  private boolean classifies() {
    return OutputKind.of(original) == OutputKind.CLASSES;
  }

  /** Whether networks are judged by labels. */
  public boolean usesLabels() {
    return given && classifies() && images.dataset().isLabelled();
  }

  private int[] indices() {
    int size = images.dataset().size();
    return given ? DataSplit.whole(size).seen() : DataSplit.of(size).heldOut();
  }

  private Evaluation accuracy(Graph graph, String stage) {
    try (TorchNetwork network = new TorchNetwork(graph, compute)) {
      Order all = Order.sequential(images.dataset());
      return network.evaluate(images, all, BATCH, stage, listener);
    }
  }

  private Map<String, Double> errors(Graph graph, String stage) {
    return OutputErrors.of(original, graph, images, indices(), BATCH, compute, stage, listener);
  }

  /**
   * Fails where the network does hardly better than chance on labelled images.
   *
   * @param accept only tell
   */
  void checkBaseline(boolean accept) {
    if (!images.dataset().isLabelled() || !classifies()) {
      return;
    }
    double chance = 100.0 / images.dataset().classes().size();
    if (chance > 100 / (NEAR_CHANCE + 1)) {
      return;
    }
    Evaluation few = onFew();
    if (few.top1() > NEAR_CHANCE * chance) {
      return;
    }
    String found =
        String.format(
            Locale.ROOT,
            "the network gets %.1f %% of %d labelled images right, chance is %.1f %%: the order of"
                + " the classes (--classes) or the preprocessing (--mean, --std, --channels,"
                + " --range) is probably wrong",
            few.top1(),
            few.images(),
            chance);
    if (!accept) {
      throw new InvalidInputException(found + "; --accept-chance goes on all the same");
    }
    listener.note(found);
  }

  private Evaluation onFew() {
    int count = Math.min(CHECKED, images.dataset().size());
    try (TorchNetwork network = new TorchNetwork(original, compute)) {
      return network.evaluate(
          images, Order.shuffled(images.dataset(), 0).limit(count), BATCH, "check", listener);
    }
  }

  /** Images left out. */
  List<String> skipped() {
    return given ? images.skipped() : List.of();
  }
}
