package dev.capstan.pipeline.input;

import dev.capstan.data.ImageSubset;
import dev.capstan.error.InvalidInputException;
import dev.capstan.graph.Graph;
import dev.capstan.metric.Metric;
import dev.capstan.outputs.OutputKind;
import dev.capstan.outputs.judged.JudgedOutputs;
import dev.capstan.recipe.stage.Choices;
import dev.capstan.report.Quality.OwnMetric;
import dev.capstan.report.Scores;
import dev.capstan.report.StageFigures;
import dev.capstan.torch.Agreement;
import dev.capstan.torch.Evaluation;
import dev.capstan.torch.TorchSession;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Judges networks: by labels where they classify, by how far their outputs are from the original's,
 * and by the user's own metric.
 *
 * @param original what outputs are compared with
 * @param images to judge by: those given for it, else those held out of the ones to learn from
 * @param given whether they were given for it; the labels of others tell only whether the baseline
 *     is near chance
 * @param metric null for none
 * @param torch what computes
 */
public record Scorer(
    Graph original,
    ImageSubset images,
    boolean given,
    @Nullable Metric metric,
    TorchSession torch) {
  /** Images that a classifier is compared with its original on, at most. */
  private static final int COMPARED = 1000;

  /** Images that tell whether a baseline is near chance. */
  private static final int CHECKED = 1000;

  /** Below this multiple of chance, classes or preprocessing are probably wrong. */
  private static final double NEAR_CHANCE = 2;

  /**
   * How good a network is.
   *
   * @param choices which class each compared image got, null for outputs that are no classes
   */
  public record Judged(Scores scores, @Nullable Choices choices) {}

  /** How good a network is, and how near to the original. */
  public Scores of(Graph graph, String stage) {
    return judged(graph, stage).scores();
  }

  /** The same with what it was told by. */
  public Judged judged(Graph graph, String stage) {
    Evaluation accuracy = usesLabels() ? torch.evaluate(graph, images, stage) : null;
    Agreement agreement = agreement(graph, accuracy == null ? stage : null);
    Scores scores = scores(graph, stage, accuracy, agreement);
    return new Judged(scores, agreement.choices());
  }

  private Scores scores(
      Graph graph, String stage, @Nullable Evaluation accuracy, Agreement agreement) {
    Double agreed = agreement.top1();
    return new Scores(
        accuracy == null ? null : accuracy.top1(),
        accuracy == null ? null : accuracy.top5(),
        accuracy == null ? null : accuracy.loss(),
        agreement.outputErrors(),
        agreed == null ? null : agreed / 100,
        agreement.divergence(),
        metric == null ? null : new MetricRun(metric, images, torch).of(graph, stage),
        accuracy == null ? compared().size() : accuracy.images());
  }

  private Agreement agreement(Graph graph, @Nullable String stage) {
    if (graph == original) {
      Map<String, Double> none = new LinkedHashMap<>();
      JudgedOutputs.of(graph).forEach(output -> none.put(output.label(), 0.0));
      return new Agreement(classifies() ? 100.0 : null, 0, null, none, null);
    }
    return torch.agreement(original, graph, compared(), stage);
  }

  /** Images that outputs are compared on: of a large set to judge a classifier by, enough. */
  public ImageSubset compared() {
    return classifies() ? images.sample(COMPARED, 0) : images;
  }

  /** The same judging by how near networks are to another one. */
  public Scorer against(Graph other) {
    return new Scorer(other, images, given, metric, torch);
  }

  /** What the user's own metric said of each stage, null without one. */
  public @Nullable OwnMetric ownMetric(StageFigures stages) {
    return metric == null ? null : new OwnMetric(metric.name(), metric.higherIsBetter(), stages);
  }

  /** Whether there is more to judge by than how near a classifier is to the original. */
  public boolean judges() {
    return usesLabels() || !classifies() || metric != null;
  }

  private boolean classifies() {
    return OutputKind.of(original) == OutputKind.CLASSES;
  }

  /** Whether networks are judged by labels. */
  public boolean usesLabels() {
    return given && classifies() && images.isLabelled();
  }

  /**
   * Fails where the network does hardly better than chance on labelled images.
   *
   * @param accept only tell
   */
  void checkBaseline(boolean accept) {
    checkChance(ImageSubset.all(images.store()), accept);
  }

  /** The same for other images. */
  void checkChance(ImageSubset labelled, boolean accept) {
    if (!labelled.isLabelled() || !classifies()) {
      return;
    }
    double chance = 100.0 / labelled.dataset().classes().size();
    if (chance > 100 / (NEAR_CHANCE + 1)) {
      return;
    }
    Evaluation few = torch.evaluate(original, labelled.sample(CHECKED, 0), "check labels");
    if (few.top1() > NEAR_CHANCE * chance) {
      return;
    }
    String found =
        String.format(
            Locale.ROOT,
            "the network gets %.1f %% of %d labelled images right, chance is %.1f %%: the order of"
                + " the classes (setting 'classes') or the preprocessing (setting 'mean', setting"
                + " 'std', setting 'channels', setting 'range') is probably wrong",
            few.top1(),
            few.images(),
            chance);
    if (!accept) {
      throw new InvalidInputException(found + "; setting 'accept-chance' goes on all the same");
    }
    torch.listener().note(found);
  }

  /** Images left out. */
  List<String> skipped() {
    return given ? images.store().skipped() : List.of();
  }
}
