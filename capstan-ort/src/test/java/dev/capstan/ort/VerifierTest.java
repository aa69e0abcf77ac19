package dev.capstan.ort;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import ai.onnx.proto.OnnxMl.TensorProto;
import dev.capstan.graph.Constant;
import dev.capstan.graph.DataType;
import dev.capstan.graph.Graph;
import dev.capstan.graph.Shape;
import dev.capstan.graph.TensorType;
import dev.capstan.graph.op.Add;
import dev.capstan.graph.op.Cast;
import dev.capstan.onnx.OnnxWriter;
import dev.capstan.ort.result.Verification;
import dev.capstan.ort.result.VerificationException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

final class VerifierTest {
  private static final Map<String, Constant> INPUTS =
      Map.of("x", Constant.of(new float[] {-1, 1, 2, 4}, 1, 4));

  @TempDir Path folder;
  private Path file;

  @BeforeEach
  void writeModel() {
    file = OnnxFixture.unary(folder, "Relu", TensorProto.DataType.FLOAT);
  }

  /** The right outputs, with something done to the first of them. */
  private static NetworkRunner relu(Spoil spoil) {
    return inputs -> {
      float[] values = inputs.get("x").floats();
      for (int i = 0; i < values.length; i++) {
        values[i] = Math.max(values[i], 0);
      }
      values[0] = spoil.of(values[0]);
      return Map.of("y", Constant.of(values, inputs.get("x").sizes()));
    };
  }

  private interface Spoil {
    float of(float value);
  }

  private Verification verify(NetworkRunner expected) {
    return new Verifier(file, expected, 1e-4, 1).verify(List.of(INPUTS), 2, 7);
  }

  @Test
  void passesWhatIsRight() {
    assertThat(verify(relu(value -> value))).isEqualTo(new Verification(0, Map.of("y", 0.0), 3));
  }

  @Test
  void measuresAgainstTheLargestOutput() {
    Verifier verifier = new Verifier(file, relu(value -> value + 4e-5f), 1e-4, 1);

    assertThat(verifier.verify(List.of(INPUTS), 0, 0).maxRelativeError())
        .isCloseTo(1e-5, within(1e-8));
  }

  @Test
  void findsAnErrorBeyondTheTolerance() {
    assertThatThrownBy(() -> verify(relu(value -> value + 1e-3f)))
        .isInstanceOf(VerificationException.class)
        .hasMessageContaining(file.toString())
        .hasMessageContaining("'y' is off by 2.5e-04")
        .hasMessageContaining("allowed are 1e-04");
  }

  /** What a sigmoid gives where a detector finds nothing: the last bits are round-off of 1. */
  @Test
  void minuteSharesDifferByRoundOff() {
    Map<String, Constant> inputs = Map.of("x", Constant.of(new float[] {0, 6e-8f, 1e-8f, 0}, 1, 4));
    Verifier close = new Verifier(file, relu(value -> value + 5e-7f), 1e-4, 1);
    Verifier far = new Verifier(file, relu(value -> value + 2e-6f), 1e-4, 1);

    assertThat(close.verify(List.of(inputs), 0, 0).maxRelativeError()).isLessThan(1e-4);
    assertThatThrownBy(() -> far.verify(List.of(inputs), 0, 0))
        .isInstanceOf(VerificationException.class);
  }

  @Test
  void findsOnRandomInputsWhatTheGivenOnesHide() {
    NetworkRunner wrongElsewhere =
        inputs -> inputs.equals(INPUTS) ? relu(v -> v).run(inputs) : relu(v -> v + 1).run(inputs);

    assertThatThrownBy(() -> verify(wrongElsewhere)).isInstanceOf(VerificationException.class);
  }

  @ParameterizedTest
  @ValueSource(floats = {Float.NaN, Float.POSITIVE_INFINITY, Float.NEGATIVE_INFINITY})
  void neverPassesWhatIsNotFinite(float value) {
    assertThatThrownBy(() -> verify(relu(ignored -> value)))
        .isInstanceOf(VerificationException.class)
        .hasMessageContaining("finite");
  }

  @Test
  void neverPassesNotANumberOnBothSides() {
    Map<String, Constant> inputs = Map.of("x", Constant.of(new float[] {Float.NaN, 1, 2, 4}, 1, 4));
    Verifier verifier = new Verifier(file, same -> Map.of("y", same.get("x")), 1e-4, 1);

    assertThatThrownBy(() -> verifier.verify(List.of(inputs), 0, 0))
        .isInstanceOf(VerificationException.class);
  }

  @Test
  void namesOutputsThatDiffer() {
    assertThatThrownBy(() -> verify(inputs -> Map.of("z", inputs.get("x"))))
        .isInstanceOf(VerificationException.class)
        .hasMessageContaining("[z], found [y]");
    assertThatThrownBy(() -> verify(inputs -> Map.of("y", inputs.get("x").reshaped(4))))
        .isInstanceOf(VerificationException.class)
        .hasMessageContaining("[4], found [1x4]");
  }

  @Test
  void allowsMoreOfHalfPrecision() {
    assertThat(Verifier.tolerance(addition(DataType.FLOAT32, 4))).isEqualTo(1e-4);
    assertThat(Verifier.tolerance(addition(DataType.FLOAT16, 2))).isEqualTo(1e-2);
  }

  /** Random numbers too are such as the model takes: whole ones, in the range of its type. */
  @ParameterizedTest
  @EnumSource(names = {"UINT8", "INT8", "INT32", "INT64"})
  void feedsTheTypeThatTheModelAsksFor(DataType type) {
    TensorType input = new TensorType(type, Shape.of(-1, 4));
    Graph graph =
        Graph.builder("bytes")
            .input("x", input)
            .node(new Cast(DataType.FLOAT32), "y", "x")
            .output("y", new TensorType(DataType.FLOAT32, input.shape()))
            .build();
    OnnxWriter.write(graph, file);
    Constant image = Constant.of(new float[] {0, 1, 100, type == DataType.INT8 ? -128 : 255}, 1, 4);
    NetworkRunner same =
        inputs -> {
          for (float value : inputs.get("x").floats()) {
            assertThat(value).isEqualTo((float) Math.rint(value)).isBetween(-128f, 255f);
          }
          return Map.of("y", inputs.get("x"));
        };

    Verification found =
        new Verifier(file, same, 1e-6, 1).verify(List.of(Map.of("x", image)), 2, 7);

    assertThat(found).isEqualTo(new Verification(0, Map.of("y", 0.0), 3));
  }

  private static Graph addition(DataType type, int bytes) {
    Shape shape = Shape.of(1);
    return Graph.builder("add")
        .input("x", new TensorType(type, shape))
        .constant("c", Constant.view(type, shape.sizes(), ByteBuffer.allocate(bytes)))
        .node(new Add(), "y", "x", "c")
        .output("y", new TensorType(type, shape))
        .build();
  }
}
