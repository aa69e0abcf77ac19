package dev.capstan.outputs.judged;

import static org.assertj.core.api.Assertions.assertThat;

import dev.capstan.graph.Graph;
import dev.capstan.graph.SeenShapes;
import dev.capstan.graph.Shape;
import dev.capstan.onnx.OnnxReader;
import dev.capstan.outputs.judged.JudgedOutput.Part;
import dev.capstan.testing.Detector;
import dev.capstan.testing.OnnxModels;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class JudgedOutputsTest {
  @TempDir Path folder;

  private Graph read(OnnxModels model) {
    return OnnxReader.readPart(model.write(folder.resolve("model.onnx")));
  }

  @Test
  void scoresAreWhatTheTailMakesOfThemAndBoxesCountBesideThem() {
    assertThat(JudgedOutputs.of(read(Detector.whole())))
        .containsExactlyInAnyOrder(
            new JudgedOutput(1, "raw_scores", Reading.SIGMOID, 0, Part.SCORES, null),
            new JudgedOutput(0, "raw_boxes", Reading.PLAIN, 0, Part.SCORED, null));
  }

  /** Anchors, for one: they have not one row an image, and are what they were. */
  @Test
  void constantsAreNotCompared() {
    OnnxModels model =
        OnnxModels.opset(13)
            .input("x", "N", 3, 8, 8)
            .weights("w", 4, 3, 3, 3)
            .weights("anchors", 9, 4)
            .node("Conv", "x w", "map")
            .node("Identity", "anchors", "given")
            .output("given")
            .output("map");

    assertThat(JudgedOutputs.of(read(model))).containsExactly(JudgedOutput.plain(1, "map"));
  }

  @Test
  void whatIsReadForItsExtentsAloneIsNone() {
    Graph graph = read(Detector.withExtents());

    assertThat(JudgedOutputs.of(graph)).extracting(JudgedOutput::name).doesNotContain("map");
    assertThat(JudgedOutputs.others(graph)).containsExactly("map");
    // An output of the file is one, whatever else is asked of it.
    assertThat(JudgedOutputs.of(read(Detector.withExtents().output("map"))))
        .contains(JudgedOutput.plain(0, "map"));
  }

  @Test
  void sharesAlongAnAxisAreFoundByItsExtent() {
    Graph graph = read(Detector.kept("Softmax", "axis", 1).output("found"));
    SeenShapes seen =
        new SeenShapes(
            1, Map.of("raw_scores", Shape.of(1, 3, 8, 8), "score_rows", Shape.of(1, 3, 64)));
    Graph run = graph.edit().tail(graph.tail().orElseThrow().seen(seen)).build();

    assertThat(JudgedOutputs.of(run))
        .contains(new JudgedOutput(1, "raw_scores", Reading.SOFTMAX, 1, Part.SCORES, null));
    assertThat(JudgedOutputs.of(graph))
        .extracting(JudgedOutput::reading)
        .containsOnly(Reading.PLAIN);
  }

  /** What a graph makes shares of needs no sigmoid any more, but boxes beside it are boxes. */
  @Test
  void sharesMayBeMadeBeforeTheTail() {
    OnnxModels model =
        Detector.heads()
            .node("Sigmoid", "raw_scores", "scores")
            .longs("most", 5)
            .longs("axis", 1)
            .node("TopK", "scores most", "best at", "axis", 1)
            .node("GatherElements", "raw_boxes at", "found", "axis", 1)
            .output("found")
            .output("best");
    assertThat(JudgedOutputs.of(read(model)))
        .contains(
            new JudgedOutput(1, "scores", Reading.PLAIN, 0, Part.SCORES, null),
            new JudgedOutput(0, "raw_boxes", Reading.PLAIN, 0, Part.SCORED, null));
  }

  /** Where nothing is looked for, maps beside shares are maps. */
  @Test
  void onlyDetectorsHaveBoxes() {
    OnnxModels model =
        Detector.heads()
            .node("Sigmoid", "raw_scores", "mask")
            .longs("axis", 2)
            .node("CumSum", "mask axis", "sums")
            .node("CumSum", "raw_boxes axis", "more")
            .output("sums")
            .output("more");
    assertThat(JudgedOutputs.of(read(model)))
        .extracting(JudgedOutput::part)
        .containsOnly(Part.WHOLE);
  }

  /** Boxes and scores in one output: in pixels, boxes would hide what becomes of the scores. */
  private static OnnxModels joined() {
    return Detector.heads()
        .longs("box_rows", 0, 4, -1)
        .node("Reshape", "raw_boxes box_rows", "boxes")
        .longs("score_rows", 0, 3, -1)
        .node("Reshape", "raw_scores score_rows", "logits")
        .node("Sigmoid", "logits", "scores");
  }

  @Test
  void partsOfAnOutputOfBoxesAndScoresAreJudgedApart() {
    Graph graph = read(joined().node("Concat", "boxes scores", "found", "axis", 1).output("found"));

    assertThat(JudgedOutputs.of(graph))
        .containsExactly(
            new JudgedOutput(
                0, "found", Reading.PLAIN, 0, Part.SCORED, new JudgedOutput.Range(1, 0, 4)),
            new JudgedOutput(
                0, "found", Reading.PLAIN, 0, Part.SCORES, new JudgedOutput.Range(1, 4, 7)));
    assertThat(JudgedOutputs.of(graph))
        .extracting(JudgedOutput::label)
        .containsExactly("found[0:4]", "found[4:7]");
    assertThat(
            JudgedOutputs.of(
                read(joined().node("Concat", "boxes logits", "found", "axis", 1).output("found"))))
        .containsExactly(JudgedOutput.plain(0, "found"));
  }

  @Test
  void aTailMayPutBoxesAndScoresTogether() {
    OnnxModels model =
        joined()
            .longs("axis", 2)
            .node("CumSum", "boxes axis", "sums")
            .node("Concat", "sums scores", "rows", "axis", 1)
            .node("Transpose", "rows", "found", "perm", new long[] {0, 2, 1})
            .output("found");
    Graph graph = read(model);
    SeenShapes seen = new SeenShapes(1, Map.of("found", Shape.of(1, 64, 7)));
    Graph run = graph.edit().tail(graph.tail().orElseThrow().seen(seen)).build();

    assertThat(JudgedOutputs.of(run))
        .containsExactlyInAnyOrder(
            new JudgedOutput(0, "scores", Reading.PLAIN, 0, Part.SCORES, null),
            new JudgedOutput(1, "boxes", Reading.PLAIN, 0, Part.SCORED, null));
    SeenShapes flat = new SeenShapes(1, Map.of("found", Shape.of(64, 7)));
    assertThat(JudgedOutputs.of(graph.edit().tail(graph.tail().orElseThrow().seen(flat)).build()))
        .extracting(JudgedOutput::part)
        .containsOnly(Part.WHOLE);
  }

  @Test
  void placesAreTheAxesThatBothHave() {
    assertThat(Places.of(new long[] {2, 80, 8, 8}, new long[] {2, 64, 8, 8}))
        .isEqualTo(new Places(1, 1));
    assertThat(Places.of(new long[] {2, 80, 100}, new long[] {2, 100, 4}))
        .isEqualTo(new Places(1, 2));
    assertThat(Places.of(new long[] {2, 100, 4}, new long[] {2, 100, 4}))
        .isEqualTo(new Places(2, 2));
    assertThat(Places.of(new long[] {2, 100}, new long[] {2, 100, 4})).isEqualTo(new Places(0, 2));
    assertThat(Places.of(new long[] {2, 80, 8, 8}, new long[] {2, 4, 4, 4})).isNull();
    assertThat(Places.of(new long[] {2, 80}, new long[] {2, 4})).isNull();
  }
}
