package dev.capstan.onnx;

import static org.assertj.core.api.Assertions.assertThat;

import dev.capstan.graph.Graph;
import dev.capstan.graph.Node;
import dev.capstan.testing.OnnxModels;
import dev.capstan.testing.OrtOracle;
import dev.capstan.testing.OrtOracle.Tensor;
import dev.capstan.testing.Outputs;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Positions that a model makes for each image of an open batch. */
class RepeatedRowsTest {
  @TempDir Path folder;

  /** Zeros, one row an image, then the numbers of the columns added, as encodings begin. */
  private static OnnxModels positions() {
    return positions("N");
  }

  private static OnnxModels positions(Object batch) {
    return OnnxModels.opset(17)
        .input("x", batch, 3, 2, 4)
        .longs("zero", 0)
        .longs("image", 1, 2, 4)
        .longs("first", 0)
        .longs("count", 4)
        .node("Relu", "x", "positive")
        .node("Shape", "positive", "shape")
        .node("Gather", "shape zero", "n")
        .node("Concat", "n image", "extents", "axis", 0)
        .node("ConstantOfShape", "extents", "zeros")
        .node("Constant", "", "columns", "value_floats", new float[] {1, 2, 3, 4})
        .node("Add", "zeros columns", "places")
        .node("Sin", "places", "waves")
        .node("Shape", "waves", "same")
        .node("Reshape", "waves same", "encoding");
  }

  private Graph read(OnnxModels model) {
    return OnnxReader.readPart(OnnxModels.write(model.build(), folder.resolve("model.onnx")));
  }

  @ParameterizedTest
  @ValueSource(strings = {"Add", "Mul", "Sub", "Max"})
  void aFunctionReadsTheRowOfOneImage(String function) {
    OnnxModels model = positions().node(function, "positive encoding", "y").output("y");

    Graph graph = read(model);

    assertThat(graph.tail()).isEmpty();
    assertThat(graph.nodes().stream().map(Node::operator).map(o -> o.type()))
        .containsExactly("Relu", function);
    for (int batch : new int[] {1, 3, 5}) {
      Map<String, Tensor> inputs = Map.of("x", Tensor.random(1, batch, 3, 2, 4));
      Outputs.assertClose(
          OrtOracle.run(graph, inputs), OrtOracle.run(folder.resolve("model.onnx"), inputs), 0);
    }
  }

  /** Coordinates beside channels, a token before others: also on both sides, also of one image. */
  @ParameterizedTest
  @CsvSource({
    "x encoding, N, Pad Add",
    "encoding x, N, Pad Add",
    "encoding x encoding, 1, Pad Add",
    "encoding x x encoding, N, Concat Pad Add",
    "x zeros, N, Pad",
    "zeros x zeros, 1, Pad",
    "x encoding x, N, Mul Add Concat"
  })
  void beforeAndAfterOthersItIsAdded(String parts, String batch, String operators) {
    OnnxModels model = positions(batch.equals("N") ? batch : (Object) 1);
    model.node("Concat", parts, "y", "axis", 1).output("y");

    Graph graph = read(model);

    assertThat(graph.tail()).isEmpty();
    assertThat(graph.nodes().stream().map(Node::operator).map(o -> o.type()))
        .endsWith(operators.split(" "));
    for (int images : batch.equals("N") ? new int[] {1, 3, 5} : new int[] {1}) {
      Map<String, Tensor> inputs = Map.of("x", Tensor.random(1, images, 3, 2, 4));
      Outputs.assertClose(
          OrtOracle.run(graph, inputs), OrtOracle.run(folder.resolve("model.onnx"), inputs), 0);
    }
  }

  /** A row in place of all of them would change the shape. */
  @Test
  void elsewhereAllRowsAreNeeded() {
    OnnxModels given = positions().node("Relu", "x", "y").output("y").output("encoding");
    OnnxModels wider =
        positions()
            .longs("front", 0)
            .node("Unsqueeze", "encoding front", "outer")
            .node("Add", "x outer", "y")
            .output("y");

    assertThat(read(given).tail()).isPresent();
    assertThat(read(wider).tail()).isPresent();
  }

  /** What is given out is computed by a run; what reads it needs none. */
  @Test
  void aGivenEncodingIsTheTails() {
    Graph graph = read(positions().node("Add", "x encoding", "y").output("y").output("encoding"));

    assertThat(graph.tail().orElseThrow().reasons()).hasSize(1);
    assertThat(graph.nodes()).hasSize(2);
    Map<String, Tensor> inputs = Map.of("x", Tensor.random(1, 3, 3, 2, 4));
    Outputs.assertClose(
        OrtOracle.run(graph, inputs), OrtOracle.run(folder.resolve("model.onnx"), inputs), 0);
  }

  /** What differs from image to image is no constant. */
  @Test
  void numbersOfImagesAreNoRow() {
    OnnxModels model =
        positions()
            .longs("standing", -1, 1, 1, 1)
            .node("Squeeze", "n", "count_n")
            .node("Squeeze", "first", "from")
            .longs("one", 1)
            .node("Squeeze", "one", "step")
            .node("Range", "from count_n step", "numbers")
            .node("Reshape", "numbers standing", "tall")
            .node("Cast", "tall", "real", "to", 1)
            .node("Add", "encoding real", "differs")
            .node("Add", "positive differs", "y")
            .output("y");

    assertThat(read(model).tail()).isPresent();
  }
}
