package dev.capstan.pipeline.input;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.capstan.error.InvalidInputException;
import dev.capstan.graph.Graph;
import dev.capstan.graph.Shape;
import dev.capstan.graph.op.BatchNormalization;
import dev.capstan.outputs.OutputKind;
import dev.capstan.pipeline.TinyInputs;
import dev.capstan.testing.Fixtures;
import dev.capstan.testing.OnnxModels;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.HexFormat;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A model file, and what is made of it before anything is learned. */
final class SourceModelTest {
  @TempDir Path folder;

  private static boolean normalises(Graph graph) {
    return graph.nodes().stream().anyMatch(node -> node.operator() instanceof BatchNormalization);
  }

  @Test
  void theHashIsThatOfTheFile() throws Exception {
    Path file = TinyInputs.written(TinyInputs.graph(), folder);
    byte[] bytes = Files.readAllBytes(file);

    SourceModel source = SourceModel.read(file);

    assertThat(source.sha256())
        .isEqualTo(HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(bytes)));
    assertThat(source.bytes()).isEqualTo(bytes.length);
    assertThat(SourceModel.read(file, OutputKind.VALUES, Set.of()).sha256())
        .isEqualTo(source.sha256());
  }

  @ParameterizedTest
  @ValueSource(longs = {0, 100_000})
  void aBatchThatNoRunCouldHoldIsRefused(long images) {
    OnnxModels model =
        OnnxModels.opset(13).input("x", images, 3, 8, 8).node("Relu", "x", "y").output("y");
    Path file = OnnxModels.write(model.build(), folder.resolve("many.onnx"));

    assertThatThrownBy(() -> SourceModel.read(file))
        .isInstanceOf(InvalidInputException.class)
        .hasMessageContaining("many.onnx: input 'x' takes %d images at a time".formatted(images));
  }

  /** A tail that reads constants alone, and an output that is one: nobody sees the layers' work. */
  @ParameterizedTest
  @ValueSource(strings = {"NonZero", "Identity"})
  void layersThatNothingIsMadeOfAreNothingToCompress(String type) {
    Path file =
        OnnxModels.opset(13)
            .input("x", "N", 3, 8, 8)
            .weights("w", 4, 3, 3, 3)
            .node("Conv", "x w", "unread")
            .weights("table", 3, 3)
            .node(type, "table", "y")
            .output("y")
            .write(folder.resolve("unread.onnx"));

    assertThatThrownBy(() -> SourceModel.read(file))
        .isInstanceOf(InvalidInputException.class)
        .hasMessageContaining("unread.onnx: nothing to compress");
  }

  /** Down to a quarter and up again: what is joined has the size of 9 pixels and of 12. */
  @Test
  void aSizeThatANetworkDoesNotTakeIsNamed() {
    SourceModel source = SourceModel.read(Fixtures.file("unet-dynamic-script-17"));

    assertThat(source.at(List.of(Shape.of(3, 8, 12))).open().inputs().get(0).type().shape().size(3))
        .isEqualTo(12);
    assertThatThrownBy(() -> source.at(List.of(Shape.of(3, 8, 9))))
        .isInstanceOf(InvalidInputException.class)
        .hasMessageContaining(
            "unet-dynamic-script-17.onnx: inputs of [[3x8x9]] do not fit it: node")
        .hasMessageEndingWith("give a size that it takes (setting 'crop')");
  }

  @Test
  void tensorsInAFileOfTheirOwnCount() throws IOException {
    Path model = Fixtures.file("dense-external-dynamo-18");
    Path data = model.resolveSibling("dense-external-dynamo-18.data");
    Path copy = Files.copy(model, folder.resolve("copy.onnx"));
    byte[] tensors = Files.readAllBytes(data);
    tensors[tensors.length - 1] ^= 1;
    Files.write(folder.resolve(data.getFileName()), tensors);

    SourceModel source = SourceModel.read(model);

    assertThat(source.bytes()).isEqualTo(Files.size(model) + Files.size(data));
    assertThat(SourceModel.read(copy).sha256()).isNotEqualTo(source.sha256());
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "plain-dynamo-18",
        "residual-b-script-17",
        "pyramid-dynamo-18",
        "channels-last-script-13",
        "plain-half-script-17"
      })
  void whatIsMadeOfItIsForAnyBatchAndIsGivenBackAsTheFileHasIt(String name) {
    SourceModel source = SourceModel.read(Fixtures.file(name));

    Graph restored = source.restore(source.folded());

    assertThat(source.folded().inputs().get(0).type().shape().size(0)).isEqualTo(-1);
    assertThat(normalises(source.folded())).isFalse();
    assertThat(restored.inputs()).isEqualTo(source.graph().inputs());
    assertThat(restored.outputs()).isEqualTo(source.graph().outputs());
  }

  @Test
  void aBatchThatIsFixedIsFixedAgain() {
    SourceModel source = SourceModel.read(TinyInputs.written(TinyInputs.ofOneImage(), folder));

    assertThat(source.graph().inputs().get(0).type().shape().size(0)).isEqualTo(1);
    assertThat(source.open().inputs().get(0).type().shape().size(0)).isEqualTo(-1);
    assertThat(source.restore(source.folded()).inputs()).isEqualTo(source.graph().inputs());
    assertThat(normalises(source.open())).isTrue();
  }

  @Test
  void aSizeThatIsOpenStaysOpen() {
    SourceModel source = SourceModel.read(Fixtures.file("unet-dynamic-script-17"));

    SourceModel bound = source.at(List.of(Shape.of(3, 16, 24)));

    assertThat(bound.folded().inputs().get(0).type().shape().sizes())
        .containsExactly(-1, 3, 16, 24);
    assertThat(bound.restore(bound.folded()).inputs()).isEqualTo(source.graph().inputs());
    assertThat(bound.restore(bound.folded()).outputs()).isEqualTo(source.graph().outputs());
    assertThat(bound.at(List.of(Shape.of(3, 32, 32)))).isSameAs(bound);
  }

  @Test
  void outputsThatCannotBeClassesAreRefusedAsSuchByTheNameOfTheFile() {
    Path file = Fixtures.file("pyramid-script-13");

    assertThatThrownBy(() -> SourceModel.read(file, OutputKind.CLASSES, Set.of()))
        .isInstanceOf(InvalidInputException.class)
        .hasMessageContaining("pyramid-script-13.onnx: ")
        .hasMessageContaining("[boxes, scores]");
    assertThat(OutputKind.of(SourceModel.read(file).folded())).isEqualTo(OutputKind.VALUES);
  }
}
