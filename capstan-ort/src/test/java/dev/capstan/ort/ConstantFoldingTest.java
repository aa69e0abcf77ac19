package dev.capstan.ort;

import static org.assertj.core.api.Assertions.assertThat;

import dev.capstan.error.InvalidInputException;
import dev.capstan.graph.Constant;
import dev.capstan.graph.Graph;
import dev.capstan.onnx.OnnxReader;
import dev.capstan.ort.ConstantCases.Case;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What is computed from constants while a file is read is what ONNX Runtime would compute. */
final class ConstantFoldingTest {
  private static final int SEEDS = 4;

  /** Of the larger of 1 and the number: both round to float32. */
  private static final double TOLERANCE = 2e-5;

  private static final String NO_SUCH_TYPE =
      ".*(Could not find an implementation|Type Error: Type 'tensor).*";

  @TempDir Path folder;

  @Test
  void kernelsComputeWhatOnnxRuntimeDoes() {
    Map<String, Integer> compared = new HashMap<>();
    for (int seed = 0; seed < SEEDS; seed++) {
      for (Case one : ConstantCases.of(seed)) {
        compared.merge(one.name().split("-", 2)[0], compare(one) ? 1 : 0, Integer::sum);
      }
    }
    // Each operator was compared, not left out because ONNX Runtime lacks a type.
    assertThat(compared.values()).allMatch(times -> times > 1);
    assertThat(compared).hasSizeGreaterThan(60);
  }

  private boolean compare(Case one) {
    Path file = one.model().write(folder.resolve("model.onnx"));
    Constant expected;
    try (OrtModel model = OrtModel.open(file, 1)) {
      Map<String, Constant> inputs = Map.of("x", Constant.of(new float[1], 1));
      expected = Objects.requireNonNull(model.run(inputs).get("seen"));
    } catch (InvalidInputException e) {
      assertThat(e).hasMessageMatching(NO_SUCH_TYPE);
      return false;
    }
    Graph graph = OnnxReader.read(file);
    Constant found = graph.constant("seen");
    assertThat(found).as(one.name()).isNotNull();
    assertThat(found.sizes()).as(one.name()).isEqualTo(expected.sizes());
    for (int i = 0; i < found.elements(); i++) {
      assertNear(found.real(i), expected.real(i), one.name());
    }
    return true;
  }

  private static void assertNear(double found, double expected, String name) {
    if (Double.isNaN(expected) || Double.isInfinite(expected)) {
      assertThat((Double) found).as(name).isEqualTo((Double) expected);
    } else {
      double scale = Math.max(1, Math.abs(expected));
      assertThat(Math.abs(found - expected) / scale).as(name).isLessThan(TOLERANCE);
    }
  }
}
