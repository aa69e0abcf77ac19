package dev.capstan.torch.internal.engine;

import static org.assertj.core.api.Assertions.assertThat;

import dev.capstan.graph.Graph;
import dev.capstan.onnx.OnnxReader;
import dev.capstan.onnx.OperatorCases;
import dev.capstan.testing.OnnxModels;
import dev.capstan.testing.OrtOracle;
import dev.capstan.torch.internal.tensor.Precision;
import dev.capstan.torch.internal.tensor.Tensors;
import java.nio.file.Path;
import java.util.Map;
import java.util.stream.Stream;
import org.bytedeco.pytorch.Tensor;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Each operator in each opset form, run by the engine: what ONNX Runtime gives for the file. */
class OperatorParityTest {
  private static final double TOLERANCE = 1e-5;

  @TempDir Path folder;

  static Stream<OperatorCases.Case> cases() {
    // libtorch averages dense windows only; the engine refuses others.
    return OperatorCases.all().filter(one -> !one.name().matches("AveragePool.*dilations.*"));
  }

  @ParameterizedTest
  @MethodSource("cases")
  void engineEqualsOnnxRuntime(OperatorCases.Case one) {
    Path file = OnnxModels.write(one.model(), folder.resolve("model.onnx"));
    OrtOracle.Tensor input = OrtOracle.Tensor.random(7, one.input());
    OrtOracle.Tensor expected = OrtOracle.run(file, Map.of("x", input)).get("y");
    Graph graph = OnnxReader.read(file);
    try (Program program = new Program(graph, new Execution(Precision.FP32, 1));
        Tensor x = Tensors.of(input.values(), input.shape())) {
      Tensor[] outputs = program.run(x);
      assertThat(outputs[0].shape()).containsExactly(expected.shape());
      assertThat(Elements.distance(Tensors.floats(outputs[0]), expected.values()))
          .isLessThan(TOLERANCE);
      outputs[0].close();
    }
  }
}
