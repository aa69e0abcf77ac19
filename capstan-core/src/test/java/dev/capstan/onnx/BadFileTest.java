package dev.capstan.onnx;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.onnx.proto.OnnxMl.ModelProto;
import ai.onnx.proto.OnnxMl.NodeProto;
import ai.onnx.proto.OnnxMl.OperatorSetIdProto;
import dev.capstan.error.InvalidInputException;
import dev.capstan.testing.OnnxModels;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Whatever is wrong with a file, the user gets one line that names it. */
class BadFileTest {
  @TempDir Path folder;

  @Test
  void missingFile() {
    assertRefused(folder.resolve("none.onnx"), "no such file");
  }

  @Test
  void folderInsteadOfFile() {
    assertRefused(folder, "found a folder");
  }

  @Test
  void emptyFile() throws IOException {
    assertRefused(Files.createFile(folder.resolve("empty.onnx")), "the file is empty");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"Hello, world\n", "<!DOCTYPE html><html></html>", "{\"a\": 1}", "\n\n", "\0\0\0"})
  void textNamedOnnx(String text) throws IOException {
    assertRefused(Files.writeString(folder.resolve("text.onnx"), text), "is no ONNX model");
  }

  @Test
  void fileCutShortAnywhere() throws IOException {
    byte[] whole = relu().build().toByteArray();
    Path file = folder.resolve("cut.onnx");
    for (int length = 1; length < whole.length; length++) {
      Files.write(file, Arrays.copyOf(whole, length));
      assertRefused(file, "");
    }
  }

  @Test
  void changedBytesAreReadOrRefusedButNothingElse() throws IOException {
    byte[] whole = NetworkCases.residual(13).build().toByteArray();
    Path file = folder.resolve("changed.onnx");
    SplittableRandom random = new SplittableRandom(11);
    for (int i = 0; i < 400; i++) {
      byte[] changed = whole.clone();
      changed[random.nextInt(changed.length)] = (byte) random.nextInt();
      // Where no weights lie.
      changed[random.nextInt(2200)] = (byte) random.nextInt();
      Files.write(file, changed);
      readOrRefuse(file);
    }
  }

  private static void readOrRefuse(Path file) {
    try {
      assertThat(OnnxReader.read(file)).isNotNull();
    } catch (InvalidInputException e) {
      assertThat(e).hasMessageStartingWith(file + ": ");
    }
  }

  @Test
  void lacksWhatMakesAModel() {
    assertRefused(relu().builder().clearOpsetImport(), "no standard operator set");
    assertRefused(relu().builder().clearIrVersion(), "no graph");
    ModelProto.Builder noNodes = relu().builder();
    noNodes.getGraphBuilder().clearNode();
    assertRefused(noNodes, "no nodes");
    ModelProto.Builder noOutputs = relu().builder();
    noOutputs.getGraphBuilder().clearOutput();
    assertRefused(noOutputs, "no outputs");
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 6, 27, 99})
  void unsupportedOpset(long opset) {
    OperatorSetIdProto.Builder imported = OperatorSetIdProto.newBuilder().setVersion(opset);
    assertRefused(
        relu().builder().setOpsetImport(0, imported), "opset " + opset + " is not supported");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "Foo | x | y | operator Foo of domain 'ai.onnx' is not supported",
        "Relu | x x | y | expected 1 inputs",
        "Relu | _ | y | expected 1 inputs",
        "Add | x | y | expected 2 inputs",
        "Relu | x | _ | has no output",
        "Relu | w x | y | expected 1 inputs",
        "Reshape | x x | y | input 1 (shape) is 'x', which a run computes; expected a constant",
        "Reshape | x | y | input 1 (shape) is missing",
        "Reshape | x w | y | expected integer elements, found FLOAT32",
        "Clip | x x | y | input 1 (min) is 'x'",
        "Clip | x w | y | expected a single number",
        "MaxPool | x | y | attribute 'kernel_shape' is missing",
        "Conv | x x | y | attribute 'kernel_shape' is missing",
        "Concat | x x | y | attribute 'axis' is missing",
        "Relu | nowhere | y | reads 'nowhere', which nothing before it gives",
      })
  void nodeThatIsWrong(String type, String inputs, String outputs, String message) {
    OnnxModels model =
        OnnxModels.opset(17)
            .input("x", 1, 2, 3, 3)
            .weights("w", 2, 2, 1, 1)
            .node(type, inputs, outputs)
            .output("y");
    assertRefused(model.builder(), message);
  }

  @Test
  void attributeThatIsUnknownOrOfAnotherType() {
    assertRefused(single("Relu", "beta", 1), "node 'y_node' (Relu): attribute [beta]");
    assertRefused(single("LeakyRelu", "alpha", 1), "expected attribute 'alpha' to be FLOAT");
    assertRefused(single("MaxPool", "kernel_shape", new long[] {0, 2}), "at least 1");
    Object[] pads = {"kernel_shape", new long[] {2, 2}, "pads", new long[] {1}};
    assertRefused(single("MaxPool", pads), "expected pads to have 4 elements, found [1]");
    Object[] auto = {"kernel_shape", new long[] {2, 2}, "auto_pad", "SAME"};
    assertRefused(single("MaxPool", auto), "auto_pad");
  }

  @Test
  void trainingIsRefused() {
    OnnxModels model = OnnxModels.opset(15).input("x", 1, 2, 3, 3).output("y");
    for (String name : new String[] {"s", "b", "m", "v"}) {
      model.weights(name, 2);
    }
    model.node("BatchNormalization", "x s b m v", "y", "training_mode", 1);
    assertRefused(model.builder(), "node 'y_node' (BatchNormalization): attribute training_mode=1");
    ModelProto.Builder outputs = model.builder();
    NodeProto more = OnnxModels.nodeProto("BatchNormalization", "x s b m v", "y mean var");
    outputs.getGraphBuilder().setNode(0, more);
    assertRefused(outputs, "export the model for inference");
  }

  @Test
  void secondOutputIsDroppedUnlessUsed() {
    Object[] kernel = {"kernel_shape", new long[] {2, 2}};
    OnnxModels model = OnnxModels.opset(12).input("x", 1, 2, 4, 4).output("y");
    model.node("MaxPool", "x", "y indices", kernel);
    Path file = OnnxModels.write(model.build(), folder.resolve("pool.onnx"));
    assertThat(OnnxReader.read(file).node("y_node").outputs()).containsExactly("y");

    assertRefused(model.output("indices").builder(), "numbers of pixels that go elsewhere");
  }

  @Test
  void tensorThatDoesNotFitItsShape() {
    OnnxModels model = relu();
    model.initializer(OnnxModels.floats("w", new float[] {1, 2, 3}, 4));
    assertRefused(
        model.builder(), "tensor 'w': a FLOAT32 tensor of shape [4] needs 16 bytes, found 12");
    assertRefused(
        relu().initializer(OnnxModels.floats("w", new float[1], -4)).builder(), "extent -4");
    assertRefused(
        relu().initializer(OnnxModels.floats("w", new float[1], 1L << 62, 4)).builder(), "large");
    OnnxModels text =
        OnnxModels.opset(17)
            .input("x", 1)
            .initializer(OnnxModels.floats("w", new float[1]).toBuilder().setDataType(8).build())
            .node("Add", "x w", "y")
            .output("y");
    assertRefused(text, "elements of type STRING are not supported");
  }

  @Test
  void domainOfItsOwn() {
    NodeProto node = OnnxModels.nodeProto("Relu", "x", "y").toBuilder().setDomain("my.own").build();
    OnnxModels model = OnnxModels.opset(17).input("x", 1).node(node).output("y");
    assertRefused(model.builder(), "node 'y_node' (Relu): operator Relu of domain 'my.own'");
  }

  private static OnnxModels relu() {
    return OnnxModels.opset(17).input("x", 1, 3).node("Relu", "x", "y").output("y");
  }

  private static OnnxModels single(String type, Object... attributes) {
    return OnnxModels.opset(17).input("x", 1, 2, 4, 4).node(type, "x", "y", attributes).output("y");
  }

  private void assertRefused(OnnxModels model, String message) {
    assertRefused(model.builder(), message);
  }

  private void assertRefused(ModelProto.Builder model, String message) {
    assertRefused(OnnxModels.write(model.build(), folder.resolve("bad.onnx")), message);
  }

  private static void assertRefused(Path file, String message) {
    assertThatThrownBy(() -> OnnxReader.read(file))
        .isInstanceOf(InvalidInputException.class)
        .hasMessageStartingWith(file + ": ")
        .hasMessageContaining(message)
        .message()
        .doesNotContain("\n");
  }
}
