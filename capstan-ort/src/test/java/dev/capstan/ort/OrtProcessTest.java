package dev.capstan.ort;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.onnx.proto.OnnxMl.AttributeProto;
import ai.onnx.proto.OnnxMl.GraphProto;
import ai.onnx.proto.OnnxMl.ModelProto;
import ai.onnx.proto.OnnxMl.NodeProto;
import ai.onnx.proto.OnnxMl.TensorProto;
import ai.onnx.proto.OnnxMl.TypeProto;
import ai.onnx.proto.OnnxMl.ValueInfoProto;
import dev.capstan.error.InvalidInputException;
import dev.capstan.graph.Constant;
import dev.capstan.graph.Graph;
import dev.capstan.onnx.OnnxReader;
import dev.capstan.testing.OnnxModels;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A model that others wrote cannot harm this process. */
final class OrtProcessTest {
  private static final Duration LONG = Duration.ofSeconds(60);

  private static byte[] erf() {
    return OnnxModels.opset(13)
        .initializer(OnnxModels.floats("x", new float[] {0, 1, -2}, 3))
        .node("Erf", "x", "y")
        .output("y")
        .build()
        .toByteArray();
  }

  /** Counts to 10^15. */
  private static byte[] endless() {
    GraphProto.Builder body = GraphProto.newBuilder().setName("body");
    body.addInput(scalar("i", 7)).addInput(scalar("go", 9)).addInput(scalar("a", 1));
    body.addNode(OnnxModels.nodeProto("Identity", "go", "on"));
    body.addNode(OnnxModels.nodeProto("Neg", "a", "b"));
    body.addOutput(scalar("on", 9)).addOutput(scalar("b", 1));
    NodeProto loop =
        OnnxModels.nodeProto("Loop", "n _ x", "y").toBuilder()
            .addAttribute(
                AttributeProto.newBuilder()
                    .setName("body")
                    .setType(AttributeProto.AttributeType.GRAPH)
                    .setG(body))
            .build();
    TensorProto count =
        OnnxModels.longTensor("n", 1_000_000_000_000_000L).toBuilder().clearDims().build();
    OnnxModels model = OnnxModels.opset(13).initializer(count).scalar("x", 1).node(loop);
    return model.output("y").build().toByteArray();
  }

  private static ValueInfoProto scalar(String name, int type) {
    TypeProto.Tensor tensor =
        TypeProto.Tensor.newBuilder()
            .setElemType(type)
            .setShape(OnnxModels.value("").getType().getTensorType().getShape())
            .build();
    return ValueInfoProto.newBuilder()
        .setName(name)
        .setType(TypeProto.newBuilder().setTensorType(tensor))
        .build();
  }

  @Test
  void computesOneModelAfterTheOther() {
    try (OrtProcess process = new OrtProcess(LONG)) {
      for (int i = 0; i < 3; i++) {
        Constant y = Objects.requireNonNull(process.outputs(erf()).get("y"));
        assertThat(y.floats()[1]).isBetween(0.8427f, 0.8428f);
      }
      assertThatThrownBy(() -> process.outputs(new byte[] {1, 2, 3}))
          .isInstanceOf(InvalidInputException.class);
      assertThat(process.outputs(erf())).containsOnlyKeys("y");
    }
  }

  @Test
  void endlessModelIsOneLine() {
    try (OrtProcess process = new OrtProcess(Duration.ofSeconds(2))) {
      assertThatThrownBy(() -> process.outputs(endless()))
          .isInstanceOf(InvalidInputException.class)
          .hasMessage("ONNX Runtime takes longer than 2 s");
      assertThat(process.run(erf())).isEmpty();
    }
  }

  @Test
  void crashIsOneLineAndTheNextModelRuns() throws Exception {
    try (OrtProcess process = new OrtProcess(LONG)) {
      process.outputs(erf());
      ProcessHandle child = Objects.requireNonNull(process.handle());
      CompletableFuture.delayedExecutor(300, TimeUnit.MILLISECONDS).execute(child::destroyForcibly);
      assertThatThrownBy(() -> process.outputs(endless()))
          .isInstanceOf(InvalidInputException.class)
          .hasMessageStartingWith("ONNX Runtime does not survive it");
      assertThat(process.outputs(erf())).containsOnlyKeys("y");
    }
  }

  @Test
  void moreMemoryThanThereIsIsRefused() {
    byte[] model =
        OnnxModels.opset(13)
            .longs("n", 1L << 33)
            .node("ConstantOfShape", "n", "y")
            .output("y")
            .build()
            .toByteArray();
    try (OrtProcess process = new OrtProcess(LONG)) {
      assertThatThrownBy(() -> process.outputs(model)).isInstanceOf(InvalidInputException.class);
    }
  }

  /** Also in the middle of a model, where nothing but its reader notices. */
  @Test
  void childEndsWithItsParent() throws Exception {
    Process child = OrtProcess.launch(folder);
    byte[] model = endless();
    var questions = new java.io.DataOutputStream(child.getOutputStream());
    questions.writeInt(model.length);
    questions.write(model);
    questions.close();
    assertThat(child.waitFor(30, TimeUnit.SECONDS)).isTrue();
  }

  @TempDir Path folder;

  /** What has no kernel, but never what is random. */
  @Test
  void readerAsksForWhatItHasNoKernelFor() {
    ModelProto model =
        OnnxModels.opset(13)
            .input("x", "N", 3)
            .initializer(OnnxModels.floats("c", new float[] {1, 2, 3}, 3))
            .initializer(OnnxModels.longTensor("axis", 0).toBuilder().clearDims().build())
            .node("CumSum", "c axis", "sums")
            .node("Add", "x sums", "a")
            .node("RandomNormalLike", "c", "noise")
            .node("Add", "a noise", "y")
            .output("y")
            .build();
    Path file = OnnxModels.write(model, folder.resolve("model.onnx"));
    try (OrtProcess process = new OrtProcess(LONG)) {
      Graph graph = OnnxReader.readPart(file, Set.of(), process);
      assertThat(graph.nodes()).hasSize(1);
      assertThat(Objects.requireNonNull(graph.constant("sums")).floats()).containsExactly(1, 3, 6);
      assertThat(graph.tail().orElseThrow().reasons())
          .isEqualTo(
              List.of(
                  "node 'noise_node' (RandomNormalLike): operator RandomNormalLike of domain"
                      + " 'ai.onnx' is not supported"));
    }
    assertThat(OnnxReader.readPart(file).nodes()).isEmpty();
  }
}
