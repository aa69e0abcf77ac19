package dev.capstan.pipeline.preprocess;

import static java.util.Objects.requireNonNull;

import dev.capstan.data.Batch;
import dev.capstan.graph.Constant;
import dev.capstan.graph.Graph;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.function.Function;

/**
 * Whether a classifier says the same of an image when it is mirrored, moved or darker, and not the
 * same of all images: the mean of {@code log sum p q / m} over images and views, p and q what it
 * says of both, m its mean prediction. That is how much more often than by chance both are given
 * one class, in nats: an input that is far too large makes predictions sure and inconsistent, one
 * that is far too small makes them all alike.
 */
final class ConsistencyCriterion implements Criterion {
  private static final double LEAST = 0.3;

  /** Less says that it tells hardly two kinds of images apart. */
  private static final double MEANINGFUL = 0.7;

  /** No single image counts for more. */
  private static final double FLOOR = 1e-3;

  /** What is said of an image, and of its views. */
  private record Said(float[] plain, List<float[]> views) {}

  private final Graph graph;
  private final List<List<List<Said>>> said = new ArrayList<>();

  ConsistencyCriterion(Graph graph, int conventions, int groups) {
    this.graph = graph;
    for (int c = 0; c < conventions; c++) {
      List<List<Said>> byGroup = new ArrayList<>();
      for (int g = 0; g < groups; g++) {
        byGroup.add(new ArrayList<>());
      }
      said.add(byGroup);
    }
  }

  @Override
  public String name() {
    return "agreement under mirror, shift and brightness";
  }

  @Override
  public Graph graph() {
    return graph;
  }

  @Override
  public void see(
      Place place,
      Batch batch,
      UnitImages images,
      Function<UnitImages, Map<String, Constant>> run) {
    List<float[]> plain = predictions(run.apply(images), batch.size());
    List<List<float[]>> views =
        List.of(
            predictions(run.apply(images.mirrored()), batch.size()),
            predictions(run.apply(images.shifted()), batch.size()),
            predictions(run.apply(images.darker()), batch.size()));
    for (int i = 0; i < batch.size(); i++) {
      int image = i;
      List<float[]> others = views.stream().map(view -> view.get(image)).toList();
      said.get(place.convention()).get(place.group()).add(new Said(plain.get(i), others));
    }
  }

  private List<float[]> predictions(Map<String, Constant> outputs, int images) {
    float[] scores = requireNonNull(outputs.get(graph.outputs().get(0).name())).floats();
    int classes = scores.length / images;
    List<float[]> predictions = new ArrayList<>();
    for (int i = 0; i < images; i++) {
      float[] own = Arrays.copyOfRange(scores, i * classes, (i + 1) * classes);
      predictions.add(isDistribution(own) ? own : softmax(own));
    }
    return predictions;
  }

  private static boolean isDistribution(float[] values) {
    double sum = 0;
    for (float value : values) {
      if (!(value >= 0 && value <= 1)) {
        return false;
      }
      sum += value;
    }
    return Math.abs(sum - 1) < 1e-3;
  }

  private static float[] softmax(float[] logits) {
    double largest = Double.NEGATIVE_INFINITY;
    for (float logit : logits) {
      largest = Math.max(largest, logit);
    }
    double sum = 0;
    for (float logit : logits) {
      sum += Math.exp(logit - largest);
    }
    float[] shares = new float[logits.length];
    for (int k = 0; k < shares.length; k++) {
      shares[k] = (float) (Math.exp(logits[k] - largest) / sum);
    }
    return shares;
  }

  @Override
  public double score(int convention, int without) {
    List<Said> kept = new ArrayList<>();
    for (int group = 0; group < said.get(convention).size(); group++) {
      if (group != without) {
        kept.addAll(said.get(convention).get(group));
      }
    }
    double[] mean = mean(kept);
    double sum = 0;
    for (Said image : kept) {
      for (float[] view : image.views()) {
        sum += Math.log(Math.max(FLOOR, lift(image.plain(), view, mean))) / image.views().size();
      }
    }
    return sum / kept.size();
  }

  private static double[] mean(List<Said> kept) {
    double[] mean = new double[kept.get(0).plain().length];
    for (Said image : kept) {
      for (int k = 0; k < mean.length; k++) {
        mean[k] += image.plain()[k] / kept.size();
      }
    }
    return mean;
  }

  private static double lift(float[] one, float[] other, double[] mean) {
    double lift = 0;
    for (int k = 0; k < mean.length; k++) {
      lift += mean[k] > 0 ? one[k] * other[k] / mean[k] : 0;
    }
    return lift;
  }

  @Override
  public double leastDifference() {
    return LEAST;
  }

  @Override
  public boolean isMeaningful(double score) {
    return score > MEANINGFUL;
  }
}
