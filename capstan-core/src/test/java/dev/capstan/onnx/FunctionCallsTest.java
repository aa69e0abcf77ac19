package dev.capstan.onnx;

import static org.assertj.core.api.Assertions.assertThat;

import ai.onnx.proto.OnnxMl.AttributeProto;
import ai.onnx.proto.OnnxMl.AttributeProto.AttributeType;
import ai.onnx.proto.OnnxMl.FunctionProto;
import ai.onnx.proto.OnnxMl.ModelProto;
import ai.onnx.proto.OnnxMl.NodeProto;
import ai.onnx.proto.OnnxMl.OperatorSetIdProto;
import dev.capstan.graph.Graph;
import dev.capstan.testing.OnnxModels;
import dev.capstan.testing.OrtOracle;
import dev.capstan.testing.OrtOracle.Tensor;
import dev.capstan.testing.Outputs;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A model's own functions, as judged by ONNX Runtime, which inlines them itself. */
class FunctionCallsTest {
  @TempDir Path folder;

  /** Functions that call others, with attributes handed down, and one left out. */
  @Test
  void functionsAreInlined() {
    ModelProto.Builder model =
        OnnxModels.opset(13)
            .input("x", "N", 3)
            .node(call("Outer", "x", "y").addAttribute(number("slope", 0.3f)).build())
            .output("y")
            .builder();
    model.addOpsetImport(OperatorSetIdProto.newBuilder().setDomain("own").setVersion(1));
    model.addFunctions(
        function("Inner", "a", "b")
            .addAttribute("alpha")
            .addNode(OnnxModels.nodeProto("Neg", "a", "t"))
            .addNode(
                OnnxModels.nodeProto("LeakyRelu", "t", "b").toBuilder()
                    .addAttribute(reference("alpha", "alpha"))));
    model.addFunctions(
        function("Outer", "a", "b")
            .addAttribute("slope")
            .addNode(call("Inner", "a", "t").addAttribute(reference("alpha", "slope")))
            .addNode(call("Inner", "t", "b")));
    Path file = OnnxModels.write(model.build(), folder.resolve("functions.onnx"));

    Graph graph = OnnxReader.read(file);

    assertThat(graph.nodes()).hasSize(4);
    assertThat(graph.toString()).contains("LeakyRelu[alpha=0.3]", "LeakyRelu[alpha=0.01]");
    Map<String, Tensor> input = Map.of("x", Tensor.random(5, 2, 3));
    Outputs.assertClose(OrtOracle.run(graph, input), OrtOracle.run(file, input), 0);
  }

  private static NodeProto.Builder call(String function, String input, String output) {
    return OnnxModels.nodeProto(function, input, output).toBuilder().setDomain("own");
  }

  private static FunctionProto.Builder function(String name, String input, String output) {
    return FunctionProto.newBuilder()
        .setName(name)
        .setDomain("own")
        .addInput(input)
        .addOutput(output)
        .addOpsetImport(OperatorSetIdProto.newBuilder().setDomain("").setVersion(13))
        .addOpsetImport(OperatorSetIdProto.newBuilder().setDomain("own").setVersion(1));
  }

  private static AttributeProto number(String name, float value) {
    return AttributeProto.newBuilder()
        .setName(name)
        .setType(AttributeType.FLOAT)
        .setF(value)
        .build();
  }

  private static AttributeProto reference(String name, String outer) {
    return AttributeProto.newBuilder()
        .setName(name)
        .setType(AttributeType.FLOAT)
        .setRefAttrName(outer)
        .build();
  }
}
