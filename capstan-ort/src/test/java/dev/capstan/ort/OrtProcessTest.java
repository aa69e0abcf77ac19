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
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A model that others wrote cannot harm this process. */
@Tag("trust")
final class OrtProcessTest {
  private static final Duration LONG = Duration.ofSeconds(60);
  private static final Limits AMPLE = new Limits(LONG, 1L << 30);

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

  private static Map<String, Constant> outputs(OrtProcess process, byte[] model, Limits limits)
      throws RefusedException {
    return process.ask(new OneNode(model), limits);
  }

  @Test
  void computesOneModelAfterTheOther() throws RefusedException {
    try (OrtProcess process = new OrtProcess()) {
      for (int i = 0; i < 3; i++) {
        Constant y = Objects.requireNonNull(outputs(process, erf(), AMPLE).get("y"));
        assertThat(y.floats()[1]).isBetween(0.8427f, 0.8428f);
      }
      assertThatThrownBy(() -> outputs(process, new byte[] {1, 2, 3}, AMPLE))
          .isInstanceOf(RefusedException.class);
      assertThat(outputs(process, erf(), AMPLE)).containsOnlyKeys("y");
    }
  }

  @Test
  void endlessModelIsOneLine() {
    try (OrtProcess process = new OrtProcess()) {
      Limits few = new Limits(Duration.ofSeconds(2), 1 << 30);
      assertThatThrownBy(() -> outputs(process, endless(), few))
          .isInstanceOf(RefusedException.class)
          .hasMessage("ONNX Runtime takes more than 2 s and 1024 MiB");
      OrtConstants constants = new OrtConstants(process, Duration.ZERO);
      assertThat(constants.run(erf())).isEmpty();
      assertThat(process.handle()).isNull();
    }
  }

  /** Once may be chance: the system had no memory left, say. */
  /** On a busy machine a tiny model may wait for longer than it would ever work. */
  @Test
  void timeThatIsWaitedIsNotTimeThatIsWorked() {
    Duration ten = Duration.ofSeconds(10);
    Duration one = Duration.ofSeconds(1);

    assertThat(OrtProcess.isOver(ten, ten.plus(one), one)).isFalse();
    assertThat(OrtProcess.isOver(ten, ten.plus(one), ten.plus(one))).isTrue();
    assertThat(OrtProcess.isOver(ten, one, ten.plus(one))).isFalse();
    assertThat(OrtProcess.isOver(ten, ten.multipliedBy(13), one)).isTrue();
    assertThat(OrtProcess.isOver(ten, ten.plus(one), Duration.ZERO)).isTrue();
  }

  @Test
  void crashIsOneLineTheSecondTime() throws Exception {
    try (OrtProcess process = new OrtProcess()) {
      outputs(process, erf(), AMPLE);
      ProcessHandle child = Objects.requireNonNull(process.handle());
      child.destroyForcibly();
      child.onExit().join();
      assertThat(outputs(process, erf(), AMPLE)).containsOnlyKeys("y");
      assertThatThrownBy(() -> outputs(process, overflows(), AMPLE))
          .isInstanceOf(InvalidInputException.class)
          .hasMessageStartingWith("ONNX Runtime does not survive it");
      assertThat(outputs(process, erf(), AMPLE)).containsOnlyKeys("y");
    }
  }

  /** The quotient has no place in 64 bits: the processor refuses, ONNX Runtime does not look. */
  private static byte[] overflows() {
    return OnnxModels.opset(13)
        .longs("a", Long.MIN_VALUE)
        .longs("b", -1)
        .node("Div", "a b", "quotient")
        .node("Cast", "quotient", "y", "to", 1)
        .output("y")
        .build()
        .toByteArray();
  }

  @Test
  void memoryIsWatched() {
    byte[] model =
        OnnxModels.opset(13)
            .longs("n", 1L << 29)
            .node("ConstantOfShape", "n", "y")
            .output("y")
            .build()
            .toByteArray();
    try (OrtProcess process = new OrtProcess()) {
      Limits little = new Limits(LONG, 1 << 28);
      assertThatThrownBy(() -> outputs(process, model, little))
          .isInstanceOf(RefusedException.class)
          .hasMessage("ONNX Runtime takes more than 60 s and 256 MiB");
    }
  }

  /** Also in the middle of a model, where nothing but its reader notices. */
  @Test
  void childEndsWithItsParent() throws Exception {
    ChildProcess child = ChildProcess.start();
    child.ask(new OneNode(endless()));
    child.hangUp();
    child.handle().onExit().get(30, TimeUnit.SECONDS);
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
    try (OrtProcess process = new OrtProcess()) {
      OrtConstants runtime = new OrtConstants(process, LONG);
      Graph graph = OnnxReader.readPart(file, Set.of(), runtime);
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
