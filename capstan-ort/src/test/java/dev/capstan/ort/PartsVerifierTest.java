package dev.capstan.ort;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.capstan.graph.Constant;
import dev.capstan.graph.DataType;
import dev.capstan.graph.Graph;
import dev.capstan.graph.Shape;
import dev.capstan.graph.TensorType;
import dev.capstan.graph.op.Arithmetic;
import dev.capstan.graph.op.Pointwise;
import dev.capstan.onnx.OnnxWriter;
import dev.capstan.ort.result.Verification;
import dev.capstan.ort.result.VerificationException;
import dev.capstan.rewrite.Parts;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code y = 2 round(3 x)}, where 3 x is a hair's breadth from a half. */
final class PartsVerifierTest {
  private static final TensorType TYPE = new TensorType(DataType.FLOAT32, Shape.of(-1, 2));
  private static final Map<String, Constant> INPUTS =
      Map.of("x", Constant.of(new float[] {Math.nextUp(0.5f / 3), 1}, 1, 2));
  private static final Graph GRAPH =
      Graph.builder("rounded")
          .input("x", TYPE)
          .constant("three", Constant.of(new float[] {3}, 1))
          .constant("two", Constant.of(new float[] {2}, 1))
          .node(Arithmetic.MUL, "scaled", "x", "three")
          .node(Pointwise.ROUND, "whole", "scaled")
          .node(Arithmetic.MUL, "y", "whole", "two")
          .output("y", TYPE)
          .build();

  @TempDir Path folder;

  /** The same network elsewhere, where products come out smaller by as little as rounding. */
  private static Map<String, Constant> whole(Map<String, Constant> inputs) {
    Constant scaled = times(inputs.get("x"), 3 * (1 - 1e-6f));
    return Map.of("y", times(rounded(scaled), 2));
  }

  private static Map<String, Constant> parts(Map<String, Constant> inputs, float factor) {
    return Map.of(
        "scaled", times(inputs.get("x"), 3 * (1 - 1e-6f)),
        "y", times(rounded(inputs.get("scaled/fed")), factor));
  }

  private static Constant times(Constant x, float factor) {
    float[] values = x.floats();
    for (int i = 0; i < values.length; i++) {
      values[i] *= factor;
    }
    return Constant.of(values, x.sizes());
  }

  private static Constant rounded(Constant x) {
    float[] values = x.floats();
    for (int i = 0; i < values.length; i++) {
      values[i] = (float) Math.rint(values[i]);
    }
    return Constant.of(values, x.sizes());
  }

  private Verification verify(float factor) {
    return new PartsVerifier(Parts.of(GRAPH), folder, 1e-4, 1)
        .verify(
            new PartsVerifier.Expected(inputs -> parts(inputs, factor), PartsVerifierTest::whole),
            List.of(INPUTS),
            2,
            7);
  }

  @Test
  void whatJumpsIsComparedOnEqualValues() {
    Path file = folder.resolve("rounded.onnx");
    OnnxWriter.write(GRAPH, file);
    assertThatThrownBy(
            () ->
                new Verifier(file, PartsVerifierTest::whole, 1e-4, 1).verify(List.of(INPUTS), 0, 7))
        .isInstanceOf(VerificationException.class);

    Verification found = verify(2);
    assertThat(found.maxRelativeError()).isLessThan(1e-5);
    assertThat(found.perOutput()).containsOnlyKeys("scaled", "y");
    assertThat(found.inputs()).isEqualTo(3);
    assertThat(found.whole()).isEqualTo(2.0 / 6, within(1e-6));
  }

  @Test
  void aPartThatDiffersFails() {
    assertThatThrownBy(() -> verify(2.001f))
        .isInstanceOf(VerificationException.class)
        .hasMessageContaining("'y' is off by 5.0e-04");
  }

  @Test
  void whatDoesNotJumpIsWhole() {
    Graph smooth =
        Graph.builder("smooth")
            .input("x", TYPE)
            .node(Pointwise.TANH, "y", "x")
            .output("y", TYPE)
            .build();
    assertThat(Parts.of(smooth).isWhole()).isTrue();
  }
}
