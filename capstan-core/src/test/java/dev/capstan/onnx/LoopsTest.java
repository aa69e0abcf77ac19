package dev.capstan.onnx;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.onnx.proto.OnnxMl.AttributeProto;
import ai.onnx.proto.OnnxMl.AttributeProto.AttributeType;
import ai.onnx.proto.OnnxMl.GraphProto;
import ai.onnx.proto.OnnxMl.ModelProto;
import ai.onnx.proto.OnnxMl.NodeProto;
import ai.onnx.proto.OnnxMl.ValueInfoProto;
import dev.capstan.error.InvalidInputException;
import dev.capstan.graph.Graph;
import dev.capstan.graph.Tail;
import dev.capstan.graph.op.Conv;
import dev.capstan.testing.OnnxModels;
import dev.capstan.testing.OrtOracle;
import dev.capstan.testing.OrtOracle.Tensor;
import dev.capstan.testing.Outputs;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Loop, as judged by ONNX Runtime: rounds that can be counted are read, the rest is carried. */
final class LoopsTest {
  private static final Map<String, Tensor> INPUT = Map.of("x", Tensor.random(5, 2, 3, 6, 6));

  /** The round, whether it goes on, and what is of any shape. */
  private static final List<ValueInfoProto> INPUTS =
      List.of(value(7), value(9), ValueInfoProto.getDefaultInstance());

  @TempDir Path folder;

  private static ValueInfoProto value(int type) {
    ValueInfoProto.Builder value = ValueInfoProto.newBuilder();
    value.getTypeBuilder().getTensorTypeBuilder().setElemType(type).getShapeBuilder();
    return value.build();
  }

  private static NodeProto node(String type, String inputs, String output, Object... attributes) {
    return OnnxModels.nodeProto(type, inputs, output, attributes);
  }

  private static GraphProto.Builder body(List<String> inputs, List<String> outputs) {
    GraphProto.Builder body = GraphProto.newBuilder().setName("body");
    for (int i = 0; i < inputs.size(); i++) {
      body.addInput(INPUTS.get(Math.min(i, 2)).toBuilder().setName(inputs.get(i)));
    }
    outputs.forEach(name -> body.addOutputBuilder().setName(name));
    return body;
  }

  private static NodeProto loop(List<String> inputs, List<String> outputs, GraphProto.Builder b) {
    return NodeProto.newBuilder()
        .setOpType("Loop")
        .setName("loop")
        .addAllInput(inputs)
        .addAllOutput(outputs)
        .addAttribute(
            AttributeProto.newBuilder().setName("body").setType(AttributeType.GRAPH).setG(b))
        .build();
  }

  private static OnnxModels network() {
    return OnnxModels.opset(13)
        .input("x", "N", 3, 6, 6)
        .weights("outer", 3, 3, 1, 1)
        .node("Constant", "", "one", "value_int", 1)
        .node("Cast", "one", "true", "to", 9);
  }

  private Graph assertSame(ModelProto model) {
    Path file = OnnxModels.write(model, folder.resolve("loop.onnx"));
    Graph graph = OnnxReader.readPart(file);
    Outputs.assertClose(OrtOracle.run(graph, INPUT), OrtOracle.run(file, INPUT), 0);
    return graph;
  }

  /** Two layers of one kernel from around it and one inside, and the number of the round. */
  private static GraphProto.Builder layers(String condition) {
    return body(List.of("i", "goes", "v"), List.of("next", "w"))
        .addInitializer(
            OnnxModels.floats("k", new float[] {1, 2, -3, 2, 1, 4, 0, 1, 1}, 3, 3, 1, 1))
        .addNode(node("Cast", "i", "number", "to", 1))
        .addNode(node("Constant", "", "half", "value_float", 0.5f))
        .addNode(node("Conv", "v outer", "a"))
        .addNode(node("Conv", "a k", "b"))
        .addNode(node("Tanh", "b", "c"))
        .addNode(node("Mul", "c half", "d"))
        .addNode(node("Add", "d number", "w"))
        .addNode(node("Identity", condition, "next"));
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 1, 3})
  void roundsStandInPlaceAndShareTheirKernels(int rounds) {
    Graph graph =
        assertSame(
            network()
                .node("Constant", "", "most", "value_int", rounds)
                .node(loop(List.of("most", "true", "x"), List.of("y"), layers("goes")))
                .output("y")
                .build());

    assertThat(graph.tail()).isEmpty();
    assertThat(graph.nodes().stream().filter(n -> n.operator() instanceof Conv).toList())
        .hasSize(2 * rounds);
    assertThat(graph.constants().values().stream().filter(c -> c.rank() == 4).toList())
        .hasSize(rounds == 0 ? 0 : 2);
  }

  /** While a number that goes from round to round is less than 7: 1, 3, 5. */
  @Test
  void aConditionIsCountedOut() {
    GraphProto.Builder body =
        body(List.of("i", "goes", "v", "count"), List.of("next", "w", "more"))
            .addNode(node("Conv", "v outer", "w"))
            .addNode(node("Add", "count two", "more"))
            .addNode(node("Less", "more limit", "next"));
    Graph graph =
        assertSame(
            network()
                .longs("two", 2)
                .longs("limit", 7)
                .longs("start", 1)
                .node(loop(List.of("", "true", "x", "start"), List.of("y", "last"), body))
                .node("Cast", "last", "number", "to", 1)
                .node("Mul", "y number", "z")
                .output("z")
                .build());

    assertThat(graph.tail()).isEmpty();
    assertThat(graph.nodes().stream().filter(n -> n.operator() instanceof Conv).toList())
        .hasSize(3);
  }

  /** Rounds that hang on what an image shows, and as many as no network has. */
  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void whatCannotBeCountedIsCarriedOver(boolean shown) {
    OnnxModels model =
        network()
            .node("Conv", "x outer", "h")
            .node("ReduceMax", "h", "large", "keepdims", 0)
            .node("Greater", "large large", "found")
            .node("Constant", "", "most", "value_int", shown ? 2 : 5000);
    GraphProto.Builder body = layers(shown ? "found" : "goes");

    Graph graph =
        assertSame(
            model.node(loop(List.of("most", "true", "h"), List.of("y"), body)).output("y").build());

    assertThat(graph.tail().map(Tail::reasons).orElseThrow())
        .anyMatch(reason -> reason.contains("Loop") || reason.contains("Greater"));
    assertThat(graph.nodes()).isNotEmpty();
  }

  @Test
  void aBodyThatDoesNotFitIsAnError() {
    GraphProto.Builder body = body(List.of("i", "goes"), List.of("goes"));
    ModelProto model =
        network()
            .node("Constant", "", "most", "value_int", 1)
            .node(loop(List.of("most", "true", "x"), List.of("y"), body))
            .output("y")
            .build();
    Path file = OnnxModels.write(model, folder.resolve("loop.onnx"));

    assertThatThrownBy(() -> OnnxReader.readPart(file))
        .isInstanceOf(InvalidInputException.class)
        .hasMessageContaining("expected a body of 3 inputs and 2 outputs, found 2 and 1");
  }
}
