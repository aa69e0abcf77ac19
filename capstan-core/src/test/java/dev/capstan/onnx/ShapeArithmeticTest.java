package dev.capstan.onnx;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.onnx.proto.OnnxMl.TensorProto;
import dev.capstan.error.InvalidInputException;
import dev.capstan.graph.Graph;
import dev.capstan.graph.op.Expand;
import dev.capstan.graph.op.Reshape;
import dev.capstan.testing.OnnxModels;
import dev.capstan.testing.OrtOracle;
import dev.capstan.testing.OrtOracle.Tensor;
import dev.capstan.testing.Outputs;
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

  /** Frames of a video are images of their own in between: [4 N, 3] as [N, 4, -1]. */
  @Test
  void whatIsLeftBesideTheBatchIsKnown() {
    OnnxModels model =
        OnnxModels.opset(13)
            .input("x", "N", 4, 3)
            .longs("frame", -1, 3)
            .node("Reshape", "x frame", "frames")
            .node("Relu", "frames", "r")
            .node("Shape", "x", "shape")
            .longs("zero", 0)
            .node("Gather", "shape zero", "batch", "axis", 0)
            .longs("rest", 4, -1)
            .node("Concat", "batch rest", "target", "axis", 0)
            .node("Reshape", "r target", "y");
    Graph graph = OnnxReader.read(model.output("y").write(folder.resolve("model.onnx")));
    assertThat(graph.nodes().get(2).operator()).isEqualTo(new Reshape(List.of(-1L, 4L, 3L), false));
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

  /** As PyTorch writes interpolate(scale_factor=2) below opset 11's scales: sizes, not factors. */
  @Test
  void productsOfKnownExtentsAreSizes() {
    OnnxModels model =
        OnnxModels.opset(13)
            .input("x", "N", 4, 3, 5)
            .node("Shape", "x", "shape")
            .longs("from", 2)
            .longs("to", 4)
            .node("Slice", "shape from to", "plane")
            .node("Cast", "plane", "float", "to", 1)
            .initializer(OnnxModels.floats("factors", new float[] {2.5f, 1.5f}, 2))
            .node("Mul", "float factors", "grown")
            .node("Floor", "grown", "floor")
            .node("Cast", "floor", "whole", "to", 7)
            .longs("zero", 0)
            .longs("two", 2)
            .node("Slice", "shape zero two", "own")
            .node("Concat", "own whole", "sizes", "axis", 0)
            .node("Resize", "x _ _ sizes", "y");
    Graph graph = sameInOnnxRuntime(model, Tensor.random(1, 2, 4, 3, 5));
    assertThat(graph.nodes()).hasSize(1);
    assertThat(graph.toString()).contains("sizes=[7, 7]");
  }

  /** As PyTorch writes expand(-1, 4, -1, 6): a -1 becomes 1 by Equal and Where. */
  @Test
  void choiceAmongExtents() {
    OnnxModels model =
        OnnxModels.opset(13)
            .input("x", "N", 1, 3, 1)
            .node("Shape", "x", "shape")
            .node("Gather", "shape first", "batch")
            .longs("first", 0)
            .longs("rest", 4, -1, 6)
            .node("Concat", "batch rest", "wanted", "axis", 0)
            .node("Shape", "wanted", "count")
            .node("ConstantOfShape", "count", "ones", "value", OnnxModels.longTensor("", 1))
            .node("Mul", "ones minus", "minuses")
            .longs("minus", -1)
            .node("Equal", "wanted minuses", "open")
            .node("Where", "open ones wanted", "target")
            .node("Expand", "x target", "y");
    Graph graph = sameInOnnxRuntime(model, Tensor.random(1, 2, 1, 3, 1));
    assertThat(graph.node("y_node").operator()).isEqualTo(new Expand(List.of(1L, 4L, 1L, 6L)));
  }

  /** Weights turned, converted and scaled by nodes of their own are constants all the same. */
  @Test
  void constantsOfConstants() {
    OnnxModels model =
        OnnxModels.opset(13)
            .input("x", "N", 4)
            .weights("w", 5, 4)
            .node("Transpose", "w", "turned")
            .node("Abs", "x", "a")
            .scalar("variance", 2)
            .node("Sqrt", "variance", "deviation")
            .node("Div", "turned deviation", "scaled")
            .node("MatMul", "a scaled", "y");
    Graph graph = sameInOnnxRuntime(model, Tensor.random(1, 2, 4));
    assertThat(graph.nodes()).hasSize(2);
    assertThat(graph.constants()).containsOnlyKeys("scaled");
  }

  private Graph sameInOnnxRuntime(OnnxModels model, Tensor x) {
    Path file = model.output("y").write(folder.resolve("model.onnx"));
    Graph graph = OnnxReader.read(file);
    Map<String, Tensor> inputs = Map.of("x", x);
    Outputs.assertClose(OrtOracle.run(graph, inputs), OrtOracle.run(file, inputs), 1e-6);
    return graph;
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
