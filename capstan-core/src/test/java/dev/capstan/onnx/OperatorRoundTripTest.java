package dev.capstan.onnx;

import static org.assertj.core.api.Assertions.assertThat;

import dev.capstan.error.InvalidInputException;
import dev.capstan.graph.Dim;
import dev.capstan.graph.Graph;
import dev.capstan.graph.Shape;
import dev.capstan.graph.ShapeInference;
import dev.capstan.graph.TensorType;
import dev.capstan.graph.Value;
import dev.capstan.testing.OnnxModels;
import dev.capstan.testing.OrtOracle;
import dev.capstan.testing.OrtOracle.Tensor;
import dev.capstan.testing.Outputs;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Each operator in each opset form, judged by ONNX Runtime. */
class OperatorRoundTripTest {
  private static final long[][] OTHER_SHAPES = {
    {}, {3}, {2, 3}, {2, 3, 5}, {1, 4, 1, 1}, {-1, -1, -1, -1}, {0, 0, 0, 0}, {1, 2, 3, 4, 5}
  };

  /** One for all: a folder for each case takes longer than the case. */
  @TempDir static Path folder;

  private static int files;

  /** Another one each time, since the reader maps files. */
  private static Path file() {
    return folder.resolve(files++ + ".onnx");
  }

  @ParameterizedTest
  @MethodSource("dev.capstan.onnx.OperatorCases#all")
  void rewrittenModelGivesTheSame(CaseTable.Case one) throws IOException {
    Path original = OnnxModels.write(one.model(), file());
    Path rewritten = file();
    Graph graph = OnnxReader.read(original);

    write(graph, rewritten);

    Map<String, Tensor> inputs = Map.of("x", Tensor.random(7, one.input()));
    Tensor expected = OrtOracle.run(original, inputs).get("y");
    Tensor found = OrtOracle.run(rewritten, inputs).get("y");
    assertThat(found.shape()).isEqualTo(expected.shape());
    if (isSpelledOtherwise(one)) {
      Outputs.assertClose(Map.of("y", found), Map.of("y", expected), 1e-6);
    } else {
      assertThat(found.values()).isEqualTo(expected.values());
    }
    assertThat(OnnxReader.read(rewritten)).hasToString(graph.toString());
    checkShapes(graph, one.input(), expected.shape());
    inferOtherShapes(graph);
  }

  /** Without waiting for the disk, as a result of a job does. */
  private static void write(Graph graph, Path file) throws IOException {
    try (OutputStream out = Files.newOutputStream(file)) {
      OnnxWriter.write(graph, out);
    }
  }

  /** Written as other operators, and so rounded otherwise. */
  private static boolean isSpelledOtherwise(CaseTable.Case one) {
    return one.name().startsWith("GroupNormalization opset 18");
  }

  /** An input of another shape is fine or refused with the node's name; nothing else happens. */
  private static void inferOtherShapes(Graph graph) {
    for (long[] other : OTHER_SHAPES) {
      try {
        assertThat(inferred(graph, Shape.of(other))).isNotNull();
      } catch (InvalidInputException e) {
        assertThat(e).hasMessageStartingWith("node '");
      }
    }
  }

  private static void checkShapes(Graph graph, long[] input, long[] output) {
    assertThat(inferred(graph, Shape.of(input)).sizes()).isEqualTo(output);
    // What is inferred with an open batch must not contradict a run.
    List<Dim> open = inferred(graph, graph.inputs().get(0).type().shape()).dims();
    assertThat(open).hasSize(output.length);
    for (int i = 0; i < output.length; i++) {
      assertThat(open.get(i).size()).isIn(-1L, output[i]);
    }
  }

  private static Shape inferred(Graph graph, Shape input) {
    Value x = graph.inputs().get(0);
    TensorType type = x.type().with(input);
    Graph sized = graph.edit().inputs(List.of(new Value("x", type))).build();
    return ShapeInference.of(sized).get("y").shape();
  }
}
