package dev.capstan.onnx;

import static org.assertj.core.api.Assertions.assertThat;

import dev.capstan.graph.Graph;
import dev.capstan.graph.Node;
import dev.capstan.testing.OnnxModels;
import dev.capstan.testing.OrtOracle;
import dev.capstan.testing.OrtOracle.Tensor;
import dev.capstan.testing.Outputs;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A normalization of groups spelled with Reshapes is one operator, which is written so again. */
class GroupedNormsTest {
  @TempDir Path folder;

  /** The operators, if nothing is carried over; what is written computes and reads the same. */
  private List<String> read(OnnxModels model) {
    Path file = OnnxModels.write(model.build(), folder.resolve("model.onnx"));
    Path rewritten = folder.resolve("rewritten.onnx");
    Graph graph = OnnxReader.readPart(file);
    assertThat(graph.tail()).isEmpty();
    OnnxWriter.write(graph, rewritten);
    Map<String, Tensor> inputs = Map.of("x", Tensor.random(1, 2, 4, 5, 3));
    Outputs.assertClose(OrtOracle.run(rewritten, inputs), OrtOracle.run(file, inputs), 0);
    assertThat(OnnxReader.readPart(rewritten)).hasToString(graph.toString());
    return graph.nodes().stream().map(Node::operator).map(o -> o.type()).toList();
  }

  private static OnnxModels normalized(int opset, Object height, Object width, int groups) {
    return OnnxModels.opset(opset)
        .input("x", "N", 4, height, width)
        .weights("scale", groups)
        .weights("shift", groups)
        .longs("groups", 0, groups, -1)
        .node("Reshape", "x groups", "parts")
        .node("InstanceNormalization", "parts scale shift", "unit", "epsilon", 1e-3f);
  }

  @Test
  void theShapeThatIsAskedForMayBeOpen() {
    OnnxModels open = normalized(13, "h", "w", 2).node("Shape", "x", "shape");
    assertThat(read(open.node("Reshape", "unit shape", "y").output("y")))
        .containsExactly("GroupNormalization");
  }

  @Test
  void theShapeMayBeConstant() {
    for (long[] shape : new long[][] {{0, 4, 5, 3}, {-1, 4, 5, 3}, {0, 4, -1, 3}}) {
      OnnxModels fixed = normalized(18, 5, 3, 4).longs("shape", shape);
      assertThat(read(fixed.node("Reshape", "unit shape", "y").output("y")))
          .containsExactly("GroupNormalization");
    }
  }

  @Test
  void anotherShapeIsNone() {
    OnnxModels turned = normalized(17, 5, 3, 2).longs("shape", 0, 4, 3, 5);
    assertThat(read(turned.node("Reshape", "unit shape", "y").output("y")))
        .containsExactly("Reshape", "InstanceNormalization", "Reshape");
    OnnxModels across = normalized(17, 5, 3, 3).longs("shape", 0, 4, 5, 3);
    assertThat(read(across.node("Reshape", "unit shape", "y").output("y")))
        .containsExactly("Reshape", "InstanceNormalization", "Reshape");
  }

  /** What is read elsewhere stays. */
  @Test
  void readTwice() {
    OnnxModels twice = normalized(17, 5, 3, 2).longs("shape", 0, 4, 5, 3);
    twice.node("Reshape", "unit shape", "y").node("Relu", "unit", "z").output("y").output("z");
    assertThat(read(twice))
        .containsExactly("Reshape", "InstanceNormalization", "GroupNormalization", "Relu");
  }
}
