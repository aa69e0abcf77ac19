package dev.capstan.onnx;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.offset;

import ai.onnx.proto.OnnxMl.AttributeProto;
import ai.onnx.proto.OnnxMl.AttributeProto.AttributeType;
import ai.onnx.proto.OnnxMl.GraphProto;
import ai.onnx.proto.OnnxMl.ModelProto;
import ai.onnx.proto.OnnxMl.NodeProto;
import ai.onnx.proto.OnnxMl.ValueInfoProto;
import dev.capstan.compress.Compression;
import dev.capstan.cost.TailCost;
import dev.capstan.error.InvalidInputException;
import dev.capstan.graph.Graph;
import dev.capstan.graph.Node;
import dev.capstan.graph.Tail;
import dev.capstan.graph.Value;
import dev.capstan.space.ChannelSpaces;
import dev.capstan.space.ChannelSpaces.Residual;
import dev.capstan.testing.OnnxModels;
import dev.capstan.testing.OrtOracle;
import dev.capstan.testing.OrtOracle.Tensor;
import dev.capstan.testing.Outputs;
import dev.capstan.testing.RandomBases;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Operators that are not known, and what comes after them: carried over, never lost. */
class TailTest {
  private static final Map<String, Tensor> INPUT = Map.of("x", Tensor.random(5, 2, 3, 6, 6));

  @TempDir Path folder;

  /** Two convolutions, the second without a name of its own for what it gives. */
  private static OnnxModels network() {
    return OnnxModels.opset(13)
        .input("x", "N", 3, 6, 6)
        .weights("w", 8, 3, 3, 3)
        .node("Conv", "x w", "hidden")
        .node("Relu", "hidden", "active")
        .weights("v", 4, 8, 1, 1)
        .node("Conv", "active v", "scores");
  }

  private Graph read(ModelProto model) {
    return OnnxReader.readPart(OnnxModels.write(model, folder.resolve("model.onnx")));
  }

  private static Tail tail(Graph graph) {
    return graph.tail().orElseThrow();
  }

  private void assertSame(OnnxModels model, Map<String, Tensor> inputs) {
    Path original = model.write(folder.resolve("original.onnx"));
    Path rewritten = folder.resolve("rewritten.onnx");
    OnnxWriter.write(OnnxReader.readPart(original), rewritten);
    Outputs.assertClose(OrtOracle.run(rewritten, inputs), OrtOracle.run(original, inputs), 0);
    assertThat(OnnxReader.readPart(rewritten))
        .hasToString(OnnxReader.readPart(original).toString());
  }

  private static OnnxModels classes() {
    return network()
        .node("ArgMax", "scores", "indices", "axis", 1)
        .node("Cast", "indices", "classes", "to", 1)
        .output("classes")
        .output("scores");
  }

  @Test
  void whatComesAfterAnUnknownOperatorIsKept() {
    Graph graph = read(classes().build());

    assertThat(graph.nodes())
        .extracting(Node::name)
        .containsExactly("hidden_node", "active_node", "scores_node");
    assertThat(graph.outputs()).extracting(Value::name).containsExactly("scores");
    assertThat(tail(graph).reads()).containsExactly("scores");
    assertThat(tail(graph).reasons())
        .containsExactly(
            "node 'indices_node' (ArgMax): operator ArgMax of domain 'ai.onnx' is not supported");
    assertThat(TailCost.weighted(tail(graph))).isEmpty();
    assertSame(classes(), INPUT);
  }

  /** Nodes of one operator that lack the same are told of in one line. */
  @Test
  void likeNodesShareAReason() {
    OnnxModels model =
        network()
            .node("ArgMax", "scores", "first", "axis", 1)
            .node("ArgMax", "hidden", "second", "axis", 1)
            .output("first")
            .output("second");
    assertThat(tail(read(model.build())).reasons())
        .containsExactly(
            "node 'first_node' (ArgMax) and 1 more: operator ArgMax of domain 'ai.onnx' is not"
                + " supported");
  }

  /** Anchors hang on an open size alone: arithmetic, whatever operator it is. */
  @Test
  void whatComputesWithOpenSizesIsToldOfInOneLine() {
    OnnxModels model =
        OnnxModels.opset(13)
            .input("x", "N", 3, 4, "W")
            .weights("w", 8, 3, 1, 1)
            .node("Conv", "x w", "hidden")
            .node("Shape", "hidden", "shape")
            .longs("last", 3)
            .node("Gather", "shape last", "width", "axis", 0)
            .longs("axis", 0)
            .node("Squeeze", "width axis", "count")
            .node("Range", "zero count step", "places")
            .node("Cast", "places", "anchors", "to", 1)
            .node("Add", "hidden anchors", "y")
            .output("y");
    for (String scalar : List.of("zero", "step")) {
      int value = scalar.equals("zero") ? 0 : 1;
      model.initializer(OnnxModels.longTensor(scalar, value).toBuilder().clearDims().build());
    }
    Graph graph = read(model.build());
    assertThat(tail(graph).reasons())
        .containsExactly(
            "node 'places_node' (Range) and 1 more: computes with image sizes that are left open");
    assertThat(graph.nodes()).extracting(Node::name).containsExactly("hidden_node");
    assertSame(model, Map.of("x", Tensor.random(1, 2, 3, 4, 6)));
  }

  @Test
  void outputsKeepTheirOrder() {
    Path file = folder.resolve("rewritten.onnx");
    OnnxWriter.write(read(classes().build()), file);
    assertThat(ModelFile.read(file).getGraph().getOutputList())
        .extracting(ValueInfoProto::getName)
        .containsExactly("classes", "scores");
  }

  @Test
  void readingTheWholeNamesTheNode() {
    Path file = classes().write(folder.resolve("model.onnx"));
    assertThatThrownBy(() -> OnnxReader.read(file))
        .isInstanceOf(InvalidInputException.class)
        .hasMessage(
            file
                + ": node 'indices_node' (ArgMax): operator ArgMax of domain 'ai.onnx' is not"
                + " supported");
  }

  /**
   * The tail must give the same of the compressed part as of any other network with its outputs.
   */
  @Test
  void compressedPartFeedsTheTail() {
    Graph graph = read(classes().build());
    ChannelSpaces spaces = ChannelSpaces.of(graph, Residual.PROJECT);
    assertThat(spaces.compressible())
        .extracting(space -> space.name())
        .containsExactly("hidden_node");

    Graph compressed = Compression.apply(spaces, RandomBases.selection(spaces, 3));

    Map<String, Tensor> found = OrtOracle.run(compressed, INPUT);
    Graph alone = compressed.edit().tail(null).build();
    assertThat(found.get("scores").values())
        .isEqualTo(OrtOracle.run(alone, INPUT).get("scores").values());
    assertThat(found.get("classes").shape()).containsExactly(2, 1, 4, 4);
    assertThat(OrtOracle.run(alone, INPUT)).containsOnlyKeys("scores");
  }

  @Test
  void extentsThatTheTailAsksForAreKept() {
    OnnxModels model =
        network()
            .node("Shape", "active", "shape")
            .longs("first", 0)
            .node("Gather", "shape first", "batch")
            .longs("rest", -1)
            .node("Concat", "batch rest", "target", "axis", 0)
            .node("Reshape", "scores target", "flat")
            .node("CumSum", "flat one", "sums")
            .node("Reshape", "sums target", "y")
            .longs("one", 1)
            .output("y");
    assertSame(model, INPUT);
    Graph graph = read(model.build());
    assertThat(graph.nodes()).extracting(Node::name).contains("flat_node").doesNotContain("y_node");
    assertThat(tail(graph).reads()).containsExactlyInAnyOrder("active", "flat");
  }

  /** A constant that both parts read must not change for the tail when it is compressed. */
  @Test
  void constantOfBothPartsStaysForTheTail() {
    OnnxModels model =
        network()
            .node("CumSum", "w first", "s")
            .longs("first", 0)
            .node("ReduceMax", "s", "m", "keepdims", 0)
            .node("Mul", "scores m", "y")
            .output("y");
    Graph graph = read(model.build());
    assertSame(model, INPUT);
    ChannelSpaces spaces = ChannelSpaces.of(graph, Residual.PROJECT);
    Graph compressed = Compression.apply(spaces, RandomBases.selection(spaces, 3));
    Tensor head = OrtOracle.run(compressed.edit().tail(null).build(), INPUT).get("scores");
    Tensor y = OrtOracle.run(compressed, INPUT).get("y");
    Tensor factor = OrtOracle.run(graph, INPUT).get("y");
    Tensor scores = OrtOracle.run(graph.edit().tail(null).build(), INPUT).get("scores");
    assertThat(y.values()[0] / head.values()[0])
        .isCloseTo(factor.values()[0] / scores.values()[0], offset(1e-4f));
  }

  @Test
  void subgraphsReadFromAroundThem() {
    GraphProto branch =
        GraphProto.newBuilder()
            .setName("branch")
            .addNode(OnnxModels.nodeProto("Neg", "active", "negative"))
            .addOutput(OnnxModels.value("negative", "N", 8, 4, 4))
            .build();
    NodeProto.Builder node = OnnxModels.nodeProto("If", "condition", "y").toBuilder();
    for (String name : List.of("then_branch", "else_branch")) {
      node.addAttribute(
          AttributeProto.newBuilder().setName(name).setType(AttributeType.GRAPH).setG(branch));
    }
    OnnxModels model =
        network()
            .node("ReduceMax", "active", "most", "keepdims", 0)
            .node("Cast", "most", "condition", "to", 9)
            .node(node.build())
            .output("y")
            .output("scores");
    assertThat(tail(read(model.build())).reads()).containsExactly("active");
    assertSame(model, INPUT);
  }

  @Test
  void inputsOfTheTailAlone() {
    OnnxModels model =
        network()
            .input("limit", 1)
            .node("Clip", "scores _ most", "y")
            .node("ReduceMax", "limit", "most", "keepdims", 0)
            .output("y");
    ModelProto.Builder proto = model.builder();
    NodeProto clip = proto.getGraph().getNode(3);
    proto.getGraphBuilder().removeNode(3).addNode(clip);
    Graph graph = read(proto.build());
    assertThat(tail(graph).reasons().get(0))
        .contains("input 2 (max) is 'most', which a run computes");
    assertThat(tail(graph).reasons()).hasSize(1);
    assertThat(tail(graph).reads()).containsExactlyInAnyOrder("scores", "limit");
  }

  /** Rows are columns of the output: what turns them begins the tail, and says why. */
  @Test
  void whatLosesTheBatchBeginsTheTail() {
    Graph graph =
        read(
            network()
                .node("Transpose", "scores", "y", "perm", new long[] {1, 0, 2, 3})
                .output("y")
                .build());

    assertThat(tail(graph).reasons().get(0)).contains("(Transpose)").contains("one row an image");
    assertThat(tail(graph).reads()).containsExactly("scores");
  }

  @Test
  void weightsAfterAnUnknownOperatorAreNamed() {
    OnnxModels model =
        network()
            .node("CumSum", "scores axis", "sums")
            .longs("axis", 1)
            .weights("u", 2, 4, 1, 1)
            .node("Conv", "sums u", "y")
            .output("y");
    assertThat(TailCost.weighted(tail(read(model.build())))).containsExactly("y_node");
    assertSame(model, INPUT);
  }

  @Test
  void quantizedModelIsRefusedWithAdvice() {
    OnnxModels model =
        network()
            .scalar("scale", 0.1f)
            .node("QuantizeLinear", "scores scale", "q")
            .node("DequantizeLinear", "q scale", "y")
            .output("y");
    assertThatThrownBy(() -> read(model.build()))
        .hasMessageContaining("compress the floating-point export");
  }

  /** ONNX Runtime's tools write operators of their own. */
  @ParameterizedTest
  @ValueSource(
      strings = {"QLinearAdd", "QLinearSigmoid", "DynamicQuantizeMatMul", "QuantizeLinear"})
  void quantizedModelsOfOnnxRuntimeAreRefusedAlike(String type) {
    ModelProto.Builder proto = network().node(type, "scores", "y").output("y").build().toBuilder();
    int last = proto.getGraph().getNodeCount() - 1;
    proto.getGraphBuilder().getNodeBuilder(last).setDomain("com.microsoft");

    assertThatThrownBy(() -> read(proto.build()))
        .hasMessageContaining("compress the floating-point export");
  }
}
