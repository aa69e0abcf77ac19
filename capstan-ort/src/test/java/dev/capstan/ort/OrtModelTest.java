package dev.capstan.ort;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.onnx.proto.OnnxMl.TensorProto;
import dev.capstan.error.InvalidInputException;
import dev.capstan.graph.Constant;
import dev.capstan.graph.DataType;
import dev.capstan.graph.Dim;
import dev.capstan.graph.Shape;
import dev.capstan.graph.TensorType;
import dev.capstan.graph.Value;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

@Tag("trust")
final class OrtModelTest {
  private static final float[] VALUES = {-2, -0.5f, 0, 0.5f, 1, 2, 3, 4};

  @TempDir Path folder;

  @ParameterizedTest
  @EnumSource(names = {"FLOAT", "FLOAT16", "DOUBLE"})
  void convertsWhatItIsGivenToTheTypeTheModelAsksFor(TensorProto.DataType type) {
    try (OrtModel model = OrtModel.open(OnnxFixture.unary(folder, "Relu", type), 1)) {
      Constant y = model.run(Map.of("x", Constant.of(VALUES, 2, 4))).get("y");

      assertThat(y.floats()).containsExactly(0, 0, 0, 0.5f, 1, 2, 3, 4);
      assertThat(y.shape()).isEqualTo(Shape.of(2, 4));
      assertThat(y.type()).isEqualTo(model.outputs().get(0).type().type());
    }
  }

  @ParameterizedTest
  @EnumSource(names = {"BFLOAT16", "FLOAT16", "INT64", "INT32", "INT8", "BOOL"})
  void givesOutputsInTheirOwnType(TensorProto.DataType type) {
    try (OrtModel model = OrtModel.open(OnnxFixture.cast(folder, type), 1)) {
      Constant y = model.run(Map.of("x", Constant.of(new float[] {0, 1, 1, 0}, 1, 4))).get("y");

      assertThat(y.type().isFloating() ? (int) y.floats()[1] : (int) y.longs()[1]).isEqualTo(1);
      assertThat(y.elements()).isEqualTo(4);
    }
  }

  @Test
  void saysWhatItsInputsAre() {
    Path file = OnnxFixture.unary(folder, "Relu", TensorProto.DataType.FLOAT16);
    try (OrtModel model = OrtModel.open(file, 1)) {
      Shape shape = new Shape(List.of(Dim.open("N"), Dim.of(4)));
      assertThat(model.inputs())
          .containsExactly(new Value("x", new TensorType(DataType.FLOAT16, shape)));
    }
  }

  @Test
  void refusesInOneLine() throws IOException {
    Path text = Files.writeString(folder.resolve("text.onnx"), "not a model\n");
    Path unknown = OnnxFixture.unary(folder, "Frobnicate", TensorProto.DataType.FLOAT);

    assertRefused(text, "ONNX Runtime refuses to load it");
    assertRefused(unknown, "Frobnicate");
    assertRefused(folder.resolve("absent.onnx"), "no such file");
  }

  private static void assertRefused(Path file, String reason) {
    assertThatThrownBy(() -> OrtModel.open(file, 1))
        .isInstanceOf(InvalidInputException.class)
        .hasMessageStartingWith(file.toString())
        .hasMessageContaining(reason)
        .hasMessageNotContaining("\n")
        .hasMessageNotContaining("Error code");
  }

  @Test
  void refusesMissingAndMisshapenInputs() {
    Path file = OnnxFixture.unary(folder, "Relu", TensorProto.DataType.FLOAT);
    try (OrtModel model = OrtModel.open(file, 1)) {
      assertThatThrownBy(() -> model.run(Map.of()))
          .isInstanceOf(InvalidInputException.class)
          .hasMessageContaining("'x'");
      assertThatThrownBy(() -> model.run(Map.of("x", Constant.of(VALUES, 4, 2))))
          .isInstanceOf(InvalidInputException.class)
          .hasMessageContaining("refuses to run");
    }
  }

  /** A process whose first word to ONNX Runtime opens a model. */
  static final class Opens {
    private Opens() {}

    public static void main(String[] arguments) {
      OrtModel.open(Path.of(arguments[0]), 1).close();
    }
  }

  /** Its exit code, and what it says. */
  private record Ended(int code, String said) {}

  private Ended opens(Path temporary) throws Exception {
    List<String> command =
        List.of(
            Path.of(System.getProperty("java.home"), "bin", "java").toString(),
            "-XX:TieredStopAtLevel=1",
            "-XX:-UsePerfData",
            "-Djava.io.tmpdir=" + temporary,
            "-cp",
            System.getProperty("java.class.path"),
            Opens.class.getName(),
            OnnxFixture.unary(folder, "Relu", TensorProto.DataType.FLOAT).toString());
    Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
    String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    return new Ended(process.waitFor(), said);
  }

  /** By itself it unpacks 24 MB there at each start. */
  @Test
  void nothingIsUnpackedIntoTemporaryFiles() throws Exception {
    Path temporary = Files.createDirectory(folder.resolve("tmp"));

    Ended ended = opens(temporary);

    assertThat(ended.code).as(ended.said).isZero();
    assertThat(temporary).isEmptyDirectory();
  }

  @Test
  void whereThereAreNoTemporaryFilesThatIsSaid() throws Exception {
    Path none = folder.resolve("none");

    Ended ended = opens(none);

    assertThat(ended.code).isNotZero();
    assertThat(ended.said)
        .contains("InvalidInputException: ONNX Runtime cannot be loaded: ")
        .contains("temporary files, which are to be in " + none);
  }
}
