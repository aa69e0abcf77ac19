package dev.capstan.onnx;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.onnx.proto.OnnxMl.AttributeProto;
import ai.onnx.proto.OnnxMl.AttributeProto.AttributeType;
import ai.onnx.proto.OnnxMl.FunctionProto;
import ai.onnx.proto.OnnxMl.GraphProto;
import ai.onnx.proto.OnnxMl.ModelProto;
import ai.onnx.proto.OnnxMl.NodeProto;
import ai.onnx.proto.OnnxMl.OperatorSetIdProto;
import ai.onnx.proto.OnnxMl.ValueInfoProto;
import dev.capstan.error.InvalidInputException;
import dev.capstan.graph.Graph;
import dev.capstan.graph.Tail;
import dev.capstan.testing.OnnxModels;
import dev.capstan.testing.OrtOracle;
import dev.capstan.testing.OrtOracle.Tensor;
import dev.capstan.testing.Outputs;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** If, as judged by ONNX Runtime: what is taken for sure is read, the rest is carried over. */
class BranchesTest {
  private static final Map<String, Tensor> INPUT = Map.of("x", Tensor.random(5, 2, 3, 6, 6));

  @TempDir Path folder;

  private static GraphProto.Builder branch(String output, NodeProto... nodes) {
    GraphProto.Builder branch = GraphProto.newBuilder().setName("branch");
    for (NodeProto node : nodes) {
      branch.addNode(node);
    }
    return branch.addOutput(output(output));
  }

  /** Of a shape that ONNX Runtime finds. */
  private static ValueInfoProto output(String name) {
    return ValueInfoProto.newBuilder().setName(name).build();
  }

  private static NodeProto choice(
      String condition, String output, GraphProto.Builder yes, GraphProto.Builder no) {
    return OnnxModels.nodeProto("If", condition, output).toBuilder()
        .addAttribute(graph("then_branch", yes))
        .addAttribute(graph("else_branch", no))
        .build();
  }

  private static AttributeProto graph(String name, GraphProto.Builder graph) {
    return AttributeProto.newBuilder()
        .setName(name)
        .setType(AttributeType.GRAPH)
        .setG(graph)
        .build();
  }

  private static NodeProto node(String type, String inputs, String output) {
    return OnnxModels.nodeProto(type, inputs, output);
  }

  /** Asks of the input's channels, as exporters do, so that the condition is computed too. */
  private static OnnxModels asking(long channels) {
    return OnnxModels.opset(13)
        .input("x", "N", 3, 6, 6)
        .node("Shape", "x", "shape")
        .longs("axis", 1)
        .node("Gather", "shape axis", "found")
        .longs("wanted", channels)
        .node("Equal", "found wanted", "condition");
  }

  private Graph assertSame(ModelProto model) {
    Path file = OnnxModels.write(model, folder.resolve("branches.onnx"));
    Graph graph = OnnxReader.readPart(file);
    Outputs.assertClose(OrtOracle.run(graph, INPUT), OrtOracle.run(file, INPUT), 0);
    return graph;
  }

  /** Both use the same names, read a value from around them, and hold a constant of their own. */
  @ParameterizedTest
  @ValueSource(longs = {3, 4})
  void theBranchThatIsTakenStandsInPlace(long channels) {
    GraphProto.Builder yes =
        branch("out", node("Conv", "outer kernel", "t"), node("Sigmoid", "t", "out"))
            .addInitializer(OnnxModels.floats("kernel", new float[] {1, 2, 3}, 1, 3, 1, 1));
    GraphProto.Builder no = branch("out", node("Neg", "outer", "t"), node("Tanh", "t", "out"));

    Graph graph =
        assertSame(
            asking(channels)
                .node("Relu", "x", "outer")
                .node(choice("condition", "chosen", yes, no))
                .node(choice("condition", "again", yes, no))
                .node("Add", "chosen again", "y")
                .output("y")
                .build());

    assertThat(graph.tail()).isEmpty();
    assertThat(graph.nodes()).hasSize(1 + 2 * 2 + 1);
    assertThat(graph.toString().contains("Conv")).isEqualTo(channels == 3);
  }

  /** Given on as they are: a constant of the branch, and what lies around it, by Identity. */
  @Test
  void whatIsOnlyHandedOutIsRead() {
    GraphProto.Builder yes =
        branch("same", node("Identity", "x", "same"))
            .addInitializer(OnnxModels.floats("c", new float[] {2}, 1))
            .addOutput(output("c"));
    GraphProto.Builder no =
        branch("same", node("Identity", "x", "same"), node("Neg", "x", "c")).addOutput(output("c"));

    Graph graph =
        assertSame(
            asking(3)
                .node(choice("condition", "a b", yes, no))
                .node("Mul", "a b", "y")
                .output("y")
                .build());

    assertThat(graph.tail()).isEmpty();
    assertThat(graph.constants()).containsKey("b");
  }

  @Test
  void branchesInBranchesAreTaken() {
    GraphProto.Builder inner =
        branch(
            "out",
            choice(
                "condition",
                "out",
                branch("t", node("Relu", "outer", "t")),
                branch("t", node("Neg", "outer", "t"))));
    GraphProto.Builder yes = branch("out", node("Neg", "x", "outer"), inner.getNode(0));

    Graph graph =
        assertSame(
            asking(3)
                .node(choice("condition", "y", yes, branch("t", node("Abs", "x", "t"))))
                .output("y")
                .build());

    assertThat(graph.tail()).isEmpty();
    assertThat(graph.nodes()).hasSize(2);
  }

  @Test
  void whatARunDecidesIsCarriedOverAndNamed() {
    Graph graph =
        assertSame(
            OnnxModels.opset(13)
                .input("x", "N", 3, 6, 6)
                .weights("w", 4, 3, 1, 1)
                .node("Conv", "x w", "h")
                .node("ReduceMax", "h", "most", "keepdims", 0)
                .scalar("limit", 0.5f)
                .node("Greater", "most limit", "condition")
                .node(
                    choice(
                        "condition",
                        "y",
                        branch("t", node("Relu", "h", "t")),
                        branch("t", node("Neg", "h", "t"))))
                .output("y")
                .build());

    assertThat(graph.tail().map(Tail::reasons).orElseThrow())
        .anyMatch(reason -> reason.contains("If") || reason.contains("Greater"));
    assertThat(graph.nodes()).isNotEmpty();
  }

  /** A function called twice, with a branch and an attribute of the call inside of it. */
  @Test
  void functionsMayChoose() {
    NodeProto leaky =
        node("LeakyRelu", "a", "t").toBuilder()
            .addAttribute(
                AttributeProto.newBuilder()
                    .setName("alpha")
                    .setType(AttributeType.FLOAT)
                    .setRefAttrName("slope"))
            .build();
    ModelProto.Builder model = calling("Steep", "x", "h").toBuilder();
    NodeProto.Builder second =
        model.getGraph().getNode(model.getGraph().getNodeCount() - 1).toBuilder();
    model.getGraphBuilder().addNode(second.setName("second").setInput(0, "h").setOutput(0, "y"));
    model.getGraphBuilder().setOutput(0, output("y"));
    model.addFunctions(
        function("Steep")
            .addAttribute("slope")
            .addNode(OnnxModels.nodeProto("Constant", "", "yes", "value_int", 1))
            .addNode(OnnxModels.nodeProto("Cast", "yes", "condition", "to", 9))
            .addNode(
                choice("condition", "b", branch("t", leaky), branch("t", node("Neg", "a", "t")))));

    Graph graph = assertSame(model.build());

    assertThat(graph.tail()).isEmpty();
    assertThat(graph.toString()).contains("LeakyRelu[alpha=0.3]");
    assertThat(graph.nodes()).hasSize(2);
  }

  private static ModelProto calling(String function, String input, String output) {
    ModelProto.Builder model =
        OnnxModels.opset(13)
            .input("x", "N", 3, 6, 6)
            .node(
                node(function, input, output).toBuilder()
                    .setDomain("own")
                    .addAttribute(
                        AttributeProto.newBuilder()
                            .setName("slope")
                            .setType(AttributeType.FLOAT)
                            .setF(0.3f))
                    .build())
            .output(output)
            .builder();
    model.addOpsetImport(OperatorSetIdProto.newBuilder().setDomain("own").setVersion(1));
    return model.build();
  }

  private static FunctionProto.Builder function(String name) {
    return FunctionProto.newBuilder()
        .setName(name)
        .setDomain("own")
        .addInput("a")
        .addOutput("b")
        .addOpsetImport(OperatorSetIdProto.newBuilder().setDomain("").setVersion(13))
        .addOpsetImport(OperatorSetIdProto.newBuilder().setDomain("own").setVersion(1));
  }

  /** A function that always takes the branch in which it calls itself. */
  @Test
  void recursionEnds() {
    NodeProto itself = node("Again", "a", "t").toBuilder().setDomain("own").build();
    ModelProto.Builder model = calling("Again", "x", "y").toBuilder();
    model.addFunctions(
        function("Again")
            .addNode(OnnxModels.nodeProto("Constant", "", "yes", "value_int", 1))
            .addNode(OnnxModels.nodeProto("Cast", "yes", "condition", "to", 9))
            .addNode(
                choice("condition", "b", branch("t", itself), branch("t", node("Neg", "a", "t")))));
    Path file = OnnxModels.write(model.build(), folder.resolve("again.onnx"));

    assertThatThrownBy(() -> OnnxReader.readPart(file))
        .isInstanceOf(InvalidInputException.class)
        .hasMessageContaining("no network does");
  }

  @Test
  void aBranchThatDoesNotFitIsAnError() {
    NodeProto node =
        choice(
            "condition",
            "y z",
            branch("t", node("Relu", "x", "t")),
            branch("t", node("Neg", "x", "t")));
    Path file = asking(3).node(node).output("y").write(folder.resolve("broken.onnx"));

    assertThatThrownBy(() -> OnnxReader.readPart(file))
        .isInstanceOf(InvalidInputException.class)
        .hasMessageContaining("(If): expected a then_branch of no inputs and 2 outputs");
  }
}
