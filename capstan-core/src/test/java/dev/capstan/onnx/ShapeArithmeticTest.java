package dev.capstan.onnx;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.onnx.proto.OnnxMl.TensorProto;
import dev.capstan.graph.Graph;
import dev.capstan.graph.InvalidInputException;
import dev.capstan.graph.op.Reshape;
import dev.capstan.testing.OnnxModels;
import dev.capstan.testing.OrtOracle;
import dev.capstan.testing.OrtOracle.Tensor;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Targets of Reshape that a model computes, as exporters write them. */
class ShapeArithmeticTest {
  @TempDir Path folder;

  private static OnnxModels images(long opset) {
    return OnnxModels.opset(opset).input("x", "N", 4, 3, "W").node("Relu", "x", "r");
  }

  @Test
  void viewBySizeAndRest() {
    OnnxModels model =
        images(11)
            .node("Shape", "r", "shape")
            .node("Constant", "", "zero", "value", zero())
            .node("Gather", "shape zero", "batch", "axis", 0)
            .node("Unsqueeze", "batch", "batches", "axes", new long[] {0})
            .longs("rest", -1)
            .node("Concat", "batches rest", "target", "axis", 0)
            .node("Reshape", "r target", "y");
    assertTarget(model, 0L, -1L);
  }

  private static TensorProto zero() {
    return OnnxModels.longTensor("", 0).toBuilder().clearDims().build();
  }

  @Test
  void sizeOfAnotherTensorWithTheSameBatch() {
    OnnxModels model =
        images(13)
            .node("Shape", "x", "shape")
            .longs("zero", 0)
            .node("Gather", "shape zero", "batch", "axis", 0)
            .longs("rest", 2, -1)
            .node("Concat", "batch rest", "target", "axis", 0)
            .node("Reshape", "r target", "y");
    assertTarget(model, 0L, 2L, -1L);
  }

  @Test
  void slicesAndKnownExtents() {
    OnnxModels model =
        images(13)
            .node("Shape", "r", "shape")
            .longs("from", 0)
            .longs("to", 2)
            .node("Slice", "shape from to", "first")
            .longs("rest", -1)
            .node("Concat", "first rest", "target", "axis", 0)
            .node("Reshape", "r target", "y");
    assertTarget(model, 0L, 4L, -1L);
  }

  @Test
  void extentAtAnotherPlaceIsTheOneLeftOver() {
    OnnxModels model =
        images(13)
            .node("Shape", "r", "shape")
            .longs("order", 3, 1, 2)
            .node("Gather", "shape order", "some")
            .longs("rest", 5)
            .node("Concat", "some rest", "target", "axis", 0)
            .node("Reshape", "r target", "y");
    assertTarget(model, -1L, 4L, 3L, 5L);
  }

  @Test
  void twoOpenExtentsAtOtherPlacesAreRefused() {
    OnnxModels model =
        images(13)
            .node("Shape", "r", "shape")
            .longs("order", -1, 1, 2, 0)
            .node("Gather", "shape order", "target")
            .node("Reshape", "r target", "y")
            .output("y");
    Path file = model.write(folder.resolve("model.onnx"));

    assertThatThrownBy(() -> OnnxReader.read(file))
        .isInstanceOf(InvalidInputException.class)
        .hasMessageContaining("node 'y_node' (Reshape): its shape 'target' leaves more than one");
  }

  private void assertTarget(OnnxModels model, Long... target) {
    Path file = model.output("y").write(folder.resolve("model.onnx"));
    Graph graph = OnnxReader.read(file);

    assertThat(graph.nodes()).hasSize(2);
    assertThat(graph.node("y_node").operator()).isEqualTo(new Reshape(List.of(target), false));
    Map<String, Tensor> inputs = Map.of("x", Tensor.random(1, 5, 4, 3, 5));
    Tensor expected = OrtOracle.run(file, inputs).get("y");
    Tensor found = OrtOracle.run(graph, inputs).get("y");
    assertThat(found.shape()).isEqualTo(expected.shape());
    assertThat(found.values()).isEqualTo(expected.values());
  }
}
