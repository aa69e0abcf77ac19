package dev.capstan.onnx;

import static org.assertj.core.api.Assertions.assertThat;

import ai.onnx.proto.OnnxMl.ModelProto;
import ai.onnx.proto.OnnxMl.StringStringEntryProto;
import ai.onnx.proto.OnnxMl.ValueInfoProto;
import dev.capstan.graph.Graph;
import dev.capstan.graph.Metadata;
import dev.capstan.graph.Node;
import dev.capstan.graph.ShapeInference;
import dev.capstan.graph.Value;
import dev.capstan.testing.OnnxModels;
import dev.capstan.testing.OrtOracle;
import dev.capstan.testing.OrtOracle.Tensor;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Whole models: what survives reading and writing. */
class GraphRoundTripTest {
  @TempDir Path folder;

  @ParameterizedTest
  @ValueSource(longs = {9, 10, 11, 12, 13, 17, 18, 21})
  void residualNetworkOfAllOperators(long opset) {
    Path original = NetworkCases.residual(opset).write(folder.resolve("original.onnx"));
    Path rewritten = folder.resolve("rewritten.onnx");
    Graph graph = OnnxReader.read(original);

    OnnxWriter.write(graph, rewritten);

    Map<String, Tensor> inputs = Map.of("image", Tensor.random(3, 2, 3, 16, 16));
    Tensor expected = OrtOracle.run(original, inputs).get("scores");
    assertThat(OrtOracle.run(rewritten, inputs).get("scores").values())
        .isEqualTo(expected.values());
    assertThat(OrtOracle.run(graph, inputs).get("scores").values()).isEqualTo(expected.values());
    assertThat(OnnxReader.read(rewritten)).hasToString(graph.toString());
    assertThat(ShapeInference.of(graph).get("scores").shape()).hasToString("[Nx10]");
  }

  @Test
  void goldenDump() throws IOException {
    Graph graph = OnnxReader.read(NetworkCases.residual(13).write(folder.resolve("model.onnx")));
    assertThat(graph).hasToString(resource("residual-opset13.txt"));
  }

  private static String resource(String name) throws IOException {
    try (InputStream stream = GraphRoundTripTest.class.getResourceAsStream(name)) {
      return new String(Objects.requireNonNull(stream).readAllBytes(), StandardCharsets.UTF_8);
    }
  }

  @Test
  void whatStandsBesideTheGraphSurvives() {
    OnnxModels model = OnnxModels.opset(13).input("x", "batch", 3, "height", 7);
    model.node(OnnxModels.nodeProto("Relu", "x", "y").toBuilder().setDocString("why").build());
    ModelProto.Builder proto = model.builder().setDocString("words").setDomain("org.x");
    proto.setModelVersion(42).setProducerVersion("1.2");
    proto.addMetadataProps(entry("b", "2")).addMetadataProps(entry("a", "1"));
    ValueInfoProto output = OnnxModels.value("y", "batch", 3, "height", 7);
    proto.getGraphBuilder().addOutput(output.toBuilder().setDocString("scores"));
    proto.getGraphBuilder().setDocString("drawn").getInputBuilder(0).setDocString("pixels");

    Graph first = read(proto.build());
    Graph second = rewritten(first);

    assertThat(second.metadata()).isEqualTo(first.metadata());
    assertThat(second.metadata())
        .isEqualTo(
            new Metadata(
                8,
                Map.of("", 13L),
                "test",
                "1.2",
                "org.x",
                42,
                "words",
                "drawn",
                Map.of("a", "1", "b", "2")));
    assertThat(second.metadata().properties().keySet()).containsExactly("b", "a");
    assertThat(second.inputs().get(0).type()).hasToString("[batchx3xheightx7]");
    assertThat(second.inputs()).extracting(Value::doc).containsExactly("pixels");
    assertThat(second.outputs()).isEqualTo(first.outputs());
    assertThat(second.outputs()).extracting(Value::doc).containsExactly("scores");
    assertThat(second.nodes()).isEqualTo(first.nodes());
    assertThat(second.nodes()).extracting(Node::doc).containsExactly("why");
  }

  private static StringStringEntryProto entry(String key, String value) {
    return StringStringEntryProto.newBuilder().setKey(key).setValue(value).build();
  }

  @Test
  void initializersThatAreInputsTooBecomeConstants() throws IOException {
    ModelProto.Builder model =
        OnnxModels.opset(9)
            .input("w", 4, 5)
            .input("x", "N", 4)
            .weights("w", 4, 5)
            .node("MatMul", "x w", "y")
            .output("y")
            .builder()
            .setIrVersion(3);
    Path original = OnnxModels.write(model.build(), folder.resolve("original.onnx"));
    Path rewritten = folder.resolve("rewritten.onnx");

    Graph graph = OnnxReader.read(original);
    OnnxWriter.write(graph, rewritten);

    assertThat(graph.inputs()).extracting(Value::name).containsExactly("x");
    assertThat(graph.constants()).containsOnlyKeys("w");
    ModelProto written = ModelFile.read(rewritten);
    assertThat(written.getIrVersion()).isEqualTo(4);
    assertThat(written.getGraph().getInputList())
        .extracting(ValueInfoProto::getName)
        .containsExactly("x");
    Tensor x = Tensor.random(5, 3, 4);
    Tensor w = Tensor.random("w".hashCode(), 4, 5);
    assertThat(OrtOracle.run(rewritten, Map.of("x", x)).get("y").values())
        .isEqualTo(OrtOracle.run(original, Map.of("x", x, "w", w)).get("y").values());
  }

  @Test
  void nodesGetNamesOfTheirOwn() {
    OnnxModels model = OnnxModels.opset(13).input("x", 2);
    String[] names = {"", "a", "a", "Relu_1", "", "a_1"};
    for (int i = 0; i < names.length; i++) {
      String from = i == 0 ? "x" : "v" + i;
      model.node(
          OnnxModels.nodeProto("Relu", from, "v" + (i + 1)).toBuilder().setName(names[i]).build());
    }

    Graph graph = read(model.output("v6").build());

    assertThat(graph.nodes())
        .extracting(Node::name)
        .containsExactly("Relu_2", "a", "a_2", "Relu_1", "Relu_3", "a_1");
  }

  @Test
  void constantNodesBecomeConstants() {
    OnnxModels model =
        OnnxModels.opset(13)
            .input("x", "N", 6)
            .node("Constant", "", "value", "value", OnnxModels.floats("", new float[] {1}))
            .node("Constant", "", "limit", "value_float", 0.5f)
            .node("Constant", "", "target", "value_ints", new long[] {-1, 3})
            .node("Identity", "value", "shared")
            .node("Add", "x shared", "sum")
            .node("Clip", "sum _ limit", "clipped")
            .node("Reshape", "clipped target", "y")
            .output("y");

    Graph graph = read(model.build());

    assertThat(graph)
        .hasToString(
            """
            graph test opset 13
            input x [Nx6]
            const shared []
            sum = Add[](x, shared)
            clipped = Clip[min=-Infinity, max=0.5](sum)
            y = Reshape[target=[-1, 3], allowZero=false](clipped)
            output y [2*Nx3]
            """);
    assertThat(rewritten(graph)).hasToString(graph.toString());
  }

  @Test
  void constantsThatAreWrittenTakeNoNameOfOthers() {
    OnnxModels model =
        OnnxModels.opset(13)
            .input("y_node_min", 2)
            .scalar("m", -0.5f)
            .weights("y_node_min_1", 2)
            .node("Clip", "y_node_min m", "y")
            .node("Add", "y y_node_min_1", "z")
            .output("z");
    Graph graph = read(model.build());

    assertThat(rewritten(graph)).hasToString(graph.toString());
  }

  @Test
  void halfPrecisionLimitsAreWrittenInHalfPrecision() {
    OnnxModels model =
        OnnxModels.opset(13)
            .initializer(
                OnnxModels.floats("m", new float[0]).toBuilder()
                    .setDataType(10)
                    .addInt32Data(0x3E00)
                    .build())
            .node("Clip", "x m", "y")
            .output("y");
    ModelProto.Builder proto = model.builder();
    ValueInfoProto.Builder x = OnnxModels.value("x", 2).toBuilder();
    x.getTypeBuilder().getTensorTypeBuilder().setElemType(10);
    proto.getGraphBuilder().addInput(x);
    Graph graph = read(proto.build());
    Path file = folder.resolve("half.onnx");

    OnnxWriter.write(graph, file);

    assertThat(ModelFile.read(file).getGraph().getInitializer(0).getDataType()).isEqualTo(10);
    assertThat(OnnxReader.read(file)).hasToString(graph.toString());
    assertThat(graph.toString()).contains("min=1.5");
  }

  @Test
  void unreadConstantsAreDropped() {
    OnnxModels model = OnnxModels.opset(13).input("x", 2).weights("w", 5, 5).weights("v", 2);
    Graph graph = read(model.node("Add", "x v", "y").output("y").build());
    assertThat(graph.constants()).containsOnlyKeys("v");
  }

  private Graph read(ModelProto model) {
    return OnnxReader.read(OnnxModels.write(model, folder.resolve("model.onnx")));
  }

  private Graph rewritten(Graph graph) {
    Path file = folder.resolve("rewritten.onnx");
    OnnxWriter.write(graph, file);
    return OnnxReader.read(file);
  }
}
