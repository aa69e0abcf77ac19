package dev.capstan.torch.internal.loss;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.capstan.graph.Graph;
import dev.capstan.graph.Value;
import dev.capstan.onnx.OnnxReader;
import dev.capstan.outputs.judged.JudgedOutput.Part;
import dev.capstan.testing.Detector;
import dev.capstan.testing.OnnxModels;
import dev.capstan.torch.internal.loss.ComparedOutputs.Compared;
import dev.capstan.torch.internal.tensor.Tensors;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.Tensor;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A detector with the sigmoid of its scores in the tail, and boxes beside them. */
class ComparedOutputsTest {
  private static final int IMAGES = 3;
  private static final int PLACES = 64;
  private static final int CLASSES = 3;

  @TempDir Path folder;

  private final PointerScope scope = new PointerScope();
  private final SplittableRandom random = new SplittableRandom(7);
  private final Map<String, float[]> target = new HashMap<>();
  private final Map<String, float[]> output = new HashMap<>();

  /** Something is in one of eight places. */
  ComparedOutputsTest() {
    float[] scores = drawn(CLASSES, 1);
    for (int i = 0; i < scores.length; i++) {
      scores[i] += isThere(i) ? 1 : -8;
    }
    both("raw_scores", scores);
    both("raw_boxes", drawn(4, 10));
    both("map", drawn(16, 1));
  }

  private static boolean isThere(int element) {
    return element % PLACES % 8 == 0;
  }

  private float[] drawn(int channels, double scale) {
    float[] values = new float[IMAGES * channels * PLACES];
    for (int i = 0; i < values.length; i++) {
      values[i] = (float) (scale * (random.nextDouble() - 0.5));
    }
    return values;
  }

  private void both(String name, float[] wanted) {
    target.put(name, wanted);
    float[] found = wanted.clone();
    for (int i = 0; i < found.length; i++) {
      found[i] += (float) (0.1 * (random.nextDouble() - 0.5));
    }
    output.put(name, found);
  }

  @AfterEach
  void close() {
    scope.close();
  }

  private Graph graph(OnnxModels model) {
    return OnnxReader.readPart(model.write(folder.resolve("model.onnx")));
  }

  private List<Tensor> tensors(Graph graph, Map<String, float[]> values) {
    List<Tensor> tensors = new ArrayList<>();
    for (Value value : graph.outputs()) {
      float[] all = values.get(value.name());
      tensors.add(Tensors.of(all, IMAGES, all.length / IMAGES / PLACES, 8, 8));
    }
    return tensors;
  }

  private double loss(Graph graph) {
    TaskLoss loss = new TaskLoss(graph);
    double divergence =
        loss.divergence(tensors(graph, target), tensors(graph, output)).item_double();
    assertThat(loss.outputError(tensors(graph, target), tensors(graph, output)).item_double())
        .isEqualTo(divergence);
    return divergence;
  }

  @Test
  void boxesCountWhereAScoreOfTheOriginalsDoes() {
    Graph graph = graph(Detector.whole());
    double before = loss(graph);
    float[] boxes = output.get("raw_boxes");
    for (int i = 0; i < boxes.length; i++) {
      boxes[i] += isThere(i) ? 0 : 1e6f;
    }
    assertThat(loss(graph)).isEqualTo(before).isPositive();

    boxes[0] += 5;
    assertThat(loss(graph)).isGreaterThan(1.5 * before);
  }

  @Test
  void scoresAreComparedAsSharesOfOne() {
    Graph graph = graph(Detector.whole());
    double before = loss(graph);
    float[] scores = output.get("raw_scores");
    for (int i = 0; i < scores.length; i++) {
      scores[i] += isThere(i) ? 0 : -100;
    }
    // A score of 3e-4 that becomes 0: before the sigmoid the loss would be ten thousandfold.
    double without = loss(graph);
    assertThat(without).isLessThan(1);

    scores[0] = -scores[0] - 8;
    assertThat(loss(graph)).isGreaterThan(2 * without);
  }

  @Test
  void whatIsReadForItsExtentsCountsNothing() {
    double before = loss(graph(Detector.whole()));
    output.put("map", drawn(16, 1e6));

    assertThat(loss(graph(Detector.withExtents()))).isEqualTo(before);
  }

  /** The mean over images, or over what counts of all of them, says nothing. */
  @Test
  void errorsAreRelativeToTheVariation() {
    Graph graph = graph(Detector.whole());
    double before = loss(graph);
    for (Map<String, float[]> side : List.of(target, output)) {
      float[] boxes = side.get("raw_boxes");
      for (int i = 0; i < boxes.length; i++) {
        boxes[i] += 500;
      }
    }
    assertThat(loss(graph)).isCloseTo(before, within(1e-3 * before));
  }

  @Test
  void whereNothingIsSeenBoxesHaveNoError() {
    Graph graph = graph(Detector.whole());
    float[] scores = target.get("raw_scores");
    for (int i = 0; i < scores.length; i++) {
      scores[i] -= 20;
    }
    output.put("raw_scores", scores.clone());

    assertThat(loss(graph)).isZero();
  }

  /** Photos that show something tell what a detector misses: boxes say nothing of that. */
  @Test
  void whatIsFoundIsCountedImageByImage() {
    Graph graph = graph(Detector.whole());
    ComparedOutputs compared = new ComparedOutputs(graph);
    float[] scores = target.get("raw_scores");
    int one = scores.length / IMAGES;
    Arrays.fill(scores, -20);
    scores[one] = 0;
    scores[2 * one] = 20;
    scores[2 * one + 5] = 20;

    double[] found = compared.found(tensors(graph, target), IMAGES);
    assertThat(compared.hasScores()).isTrue();
    assertThat(found[0]).isCloseTo(0, within(1e-3));
    assertThat(found[1]).isCloseTo(0.5, within(0.05));
    assertThat(found[2]).isCloseTo(2, within(0.1));
    assertThat(new ComparedOutputs(graph(Detector.heads().output("map"))).hasScores()).isFalse();
  }

  /** A file may keep boxes by numbers that are no shares of 1. */
  @Test
  void scoresBelowZeroAreNumbersToo() {
    Tensor scores = Tensors.of(new float[] {-3, -0.5f, 0, 0.25f, 1, 7}, 1, 6);
    Tensor moved = Tensors.of(new float[] {-2, -0.5f, 0, 0.25f, 1, 7}, 1, 6);
    Compared seen = new Compared("scores", Part.SCORES, 1, 1, scores, moved).learned();

    assertThat(Tensors.floats(seen.target())).isSorted().doesNotContain(Float.NaN);
    assertThat(seen.difference().item_double()).isCloseTo(1, within(1e-5));
  }
}
