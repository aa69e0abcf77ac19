package dev.capstan.pipeline.preprocess;

import static java.util.Objects.requireNonNull;

import dev.capstan.data.Batch;
import dev.capstan.graph.Constant;
import dev.capstan.graph.Graph;
import dev.capstan.outputs.judged.TopClass;
import java.util.Map;
import java.util.function.Function;

/** Share of labelled images whose class has the largest output. */
final class LabelCriterion implements Criterion {
  /** In points of accuracy. */
  private static final double LEAST = 0.02;

  private final Graph graph;
  private final int classes;
  private final int[][] right;
  private final int[] images;

  LabelCriterion(Graph graph, int classes, int conventions, int groups) {
    this.graph = graph;
    this.classes = classes;
    this.right = new int[conventions][groups];
    this.images = new int[groups];
  }

  @Override
  public String name() {
    return "accuracy";
  }

  @Override
  public Graph graph() {
    return graph;
  }

  @Override
  public void see(
      Place place, Batch batch, UnitImages shown, Function<UnitImages, Map<String, Constant>> run) {
    String output = graph.outputs().get(0).name();
    float[] scores = requireNonNull(run.apply(shown).get(output)).floats();
    int outputs = scores.length / batch.size();
    for (int i = 0; i < batch.size(); i++) {
      right[place.convention()][place.group()] +=
          TopClass.of(scores, i * outputs, outputs) == batch.labels()[i] ? 1 : 0;
    }
    images[place.group()] += place.convention() == 0 ? batch.size() : 0;
  }

  @Override
  public double score(int convention, int without) {
    double sum = 0;
    double count = 0;
    for (int group = 0; group < images.length; group++) {
      sum += group == without ? 0 : right[convention][group];
      count += group == without ? 0 : images[group];
    }
    return sum / Math.max(1, count);
  }

  @Override
  public double leastDifference() {
    return LEAST;
  }

  /** Twice what chance gives. */
  @Override
  public boolean isMeaningful(double score) {
    return score > Math.min(0.75, 2.0 / classes);
  }
}
