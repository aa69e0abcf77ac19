package dev.capstan.outputs;

import static org.assertj.core.api.Assertions.assertThat;

import dev.capstan.graph.Graph;
import dev.capstan.onnx.OnnxReader;
import dev.capstan.testing.OnnxModels;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Networks that give N x C numbers, of which some are classes. */
class EmbeddingTest {
  @TempDir Path folder;

  private Graph read(OnnxModels model) throws IOException {
    return OnnxReader.readPart(model.write(folder.resolve("m.onnx")));
  }

  /** A convolution's maps m, beside those of another, n, and what comes of them. */
  private Graph network(String output, UnaryOperator<OnnxModels> ending) throws IOException {
    OnnxModels model =
        OnnxModels.opset(17)
            .input("x", "N", 3, 8, 8)
            .weights("w", 32, 3, 3, 3)
            .weights("v", 32, 3, 3, 3)
            .node("Conv", "x w", "m")
            .node("Conv", "x v", "n");
    return read(ending.apply(model).output(output));
  }

  /** The mean over places of what nodes make of maps, one node a word. */
  private static OnnxModels mean(OnnxModels model, String nodes) {
    String value = "m";
    for (String node : nodes.split(" ")) {
      String next = value + "_" + node.charAt(0);
      switch (node) {
        case "Add" -> model.node("Add", value + " n", next);
        case "Clip" -> model.scalar("0", 0).scalar("6", 6).node("Clip", value + " 0 6", next);
        case "Swish" -> model.node("Sigmoid", value, "s").node("Mul", value + " s", next);
        default -> model.node(node, value, next);
      }
      value = next;
    }
    return model.node("GlobalAveragePool", value, "p").node("Flatten", "p", "y");
  }

  /** As MobileNet, EfficientNet and ResNet end where their last layer is left out. */
  @ParameterizedTest
  @CsvSource({"Clip, Clip", "Swish, Mul", "HardSwish, HardSwish", "Add Relu, Relu", "Add, Add"})
  void theMeanOfFeatures(String nodes, String told) throws IOException {
    Graph graph = network("y", model -> mean(model, nodes));
    assertThat(OutputKind.embedding(graph))
        .contains("the mean of what " + told + " gives that it ends in");
  }

  /** SqueezeNet's classes are such a mean, and NiN's. */
  @ParameterizedTest
  @ValueSource(strings = {"Relu", "Identity", "LeakyRelu"})
  void theMeanOfScores(String nodes) throws IOException {
    Graph graph = network("y", model -> mean(model, nodes));
    assertThat(OutputKind.embedding(graph)).isEmpty();
    assertThat(OutputKind.of(graph)).isEqualTo(OutputKind.CLASSES);
  }

  private static OnnxModels dense(OnnxModels model, String output) {
    return model.node("Flatten", "m", "f").weights("d", 1152, 24).node("MatMul", "f d", output);
  }

  @Test
  void whatIsNormalised() throws IOException {
    Graph statistics =
        network(
            "y",
            model ->
                dense(model, "z")
                    .weights("s", 24)
                    .weights("b", 24)
                    .weights("mean", 24)
                    .initializer(OnnxModels.floats("var", ones(24), 24))
                    .node("BatchNormalization", "z s b mean var", "y"));
    assertThat(OutputKind.embedding(statistics)).contains("the BatchNormalization that it ends in");
    Graph length =
        network(
            "y",
            model ->
                dense(model, "z")
                    .node("ReduceL2", "z", "l", "axes", new long[] {1})
                    .scalar("least", 1e-12f)
                    .node("Clip", "l least", "c")
                    .node("Shape", "z", "extents")
                    .node("Expand", "c extents", "e")
                    .node("Div", "z e", "y"));
    assertThat(OutputKind.embedding(length)).contains("the length of 1 that it is brought to");
    Graph squares =
        network(
            "y",
            model ->
                dense(model, "z")
                    .node("Mul", "z z", "q")
                    .longs("axis", 1)
                    .node("ReduceSum", "q axis", "u")
                    .node("Sqrt", "u", "l")
                    .node("Div", "z l", "y"));
    assertThat(OutputKind.embedding(squares)).contains("the length of 1 that it is brought to");
  }

  private static float[] ones(int count) {
    float[] ones = new float[count];
    Arrays.fill(ones, 1);
    return ones;
  }

  /** A softmax may be written so. */
  @Test
  void sharesOfASum() throws IOException {
    Graph graph =
        network(
            "y",
            model ->
                dense(model, "z")
                    .node("Exp", "z", "e")
                    .longs("axis", 1)
                    .node("ReduceSum", "e axis", "u")
                    .node("Div", "e u", "y"));
    assertThat(OutputKind.embedding(graph)).isEmpty();
  }

  @ParameterizedTest
  @CsvSource({
    "embedding, true",
    "face_Embeddings, true",
    "feat2, true",
    "output.descriptor:0, true",
    "logits, false",
    "defeat, false",
    "/features/18/out, false",
    "class_probabilities, false"
  })
  void namesThatTellIt(String name, boolean tells) throws IOException {
    Graph graph = network(name, model -> dense(model, name));
    assertThat(OutputKind.embedding(graph).isPresent()).isEqualTo(tells);
    assertThat(OutputKind.embedding(OutputKind.CLASSES.mark(graph))).isEmpty();
  }

  /** Its shape says that it is no class already. */
  @Test
  void mapsAreNone() throws IOException {
    assertThat(OutputKind.embedding(network("m", model -> model))).isEmpty();
    Graph two = network("y", model -> mean(model, "Clip").output("n"));
    assertThat(OutputKind.embedding(two)).isEmpty();
  }
}
