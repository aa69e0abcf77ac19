package dev.capstan.pipeline.result;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.capstan.data.ImageIoDecoder;
import dev.capstan.data.ImageStore;
import dev.capstan.data.shapes.ShapeImages;
import dev.capstan.graph.Constant;
import dev.capstan.graph.DataType;
import dev.capstan.graph.Dim;
import dev.capstan.graph.Graph;
import dev.capstan.graph.Operator;
import dev.capstan.graph.Shape;
import dev.capstan.graph.TensorType;
import dev.capstan.graph.op.Conv;
import dev.capstan.graph.op.Relu;
import dev.capstan.graph.op.Reshape;
import dev.capstan.graph.op.SpaceToDepth;
import dev.capstan.graph.op.Window;
import dev.capstan.image.Preprocessing;
import dev.capstan.ort.RunInputs;
import dev.capstan.ort.result.VerificationException;
import dev.capstan.pipeline.TinyInputs;
import dev.capstan.pipeline.input.RunImages;
import dev.capstan.pipeline.input.SourceModel;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What is made of a network for any size is verified at a size that nothing was learned at. */
final class OtherSizeTest {
  private static final int SIDE = 32;

  @TempDir Path folder;

  private static Graph.Builder start(Dim height) {
    List<Dim> dims = List.of(Dim.open("n"), Dim.of(3), height, Dim.open("w"));
    TensorType image = new TensorType(DataType.FLOAT32, new Shape(dims));
    return Graph.builder("open")
        .input("image", image)
        .constant("kernel", Constant.of(new float[] {1, 2, 3}, 1, 3, 1, 1))
        .node(new Conv(Window.square(1, 1, 0), 1), "sum", "image", "kernel");
  }

  private static Graph graph(Dim height, Operator operator) {
    TensorType open = new TensorType(DataType.FLOAT32, Shape.of(-1, -1, -1, -1));
    return start(height).node(operator, "y", "sum").output("y", open).build();
  }

  private SourceModel source(Graph graph) {
    return SourceModel.read(TinyInputs.written(graph, folder)).at(List.of(Shape.of(3, SIDE, SIDE)));
  }

  private static OtherSize other(SourceModel source) {
    return OtherSize.of(source, RunInputs.DRAWN).orElseThrow();
  }

  @Test
  void itIsOddWhereTheModelTakesThat() {
    OtherSize size = other(source(graph(Dim.open("h"), new Relu())));
    assertThat(size.sizes().get("image").sizes()).containsExactly(-1, 3, 39, 39);
    assertThat(size.outputs()).containsExactly(Map.entry("y", Shape.of(2, 1, 39, 39)));

    OtherSize wide = other(source(graph(Dim.of(SIDE), new Relu())));
    assertThat(wide.sizes().get("image").sizes()).containsExactly(-1, 3, SIDE, 39);
  }

  @Test
  void itIsALargerOneWhereTheModelTakesNoOdd() {
    OtherSize size = other(source(graph(Dim.open("h"), new SpaceToDepth(2))));
    assertThat(size.outputs().get("y")).isEqualTo(Shape.of(2, 4, 32, 32));
  }

  @Test
  void aModelOfOneSizeHasNoOther() {
    TensorType one = new TensorType(DataType.FLOAT32, Shape.of(-1, 3, SIDE, SIDE));
    Graph fixed =
        Graph.builder("fixed").input("x", one).node(new Relu(), "y", "x").output("y", one).build();

    assertThat(OtherSize.of(source(fixed), RunInputs.DRAWN)).isEmpty();
  }

  /** At the size that was learned at both give the same. */
  @Test
  void aResultThatHoldsOneSizeFails() {
    SourceModel source = source(graph(Dim.open("h"), new Relu()));
    ImageStore images =
        new ImageStore(
            new ShapeImages(1, 20), new ImageIoDecoder(), Preprocessing.imageNet(SIDE, SIDE));
    Export export =
        new Export(source, new RunImages(images, source.graph().inputs(), 1), RunInputs.DRAWN, 1);
    Path file = folder.resolve("result.onnx");

    assertThat(export.write(source.folded(), Map.of(), file).verification().inputs()).isEqualTo(5);
    Graph fixed =
        start(Dim.open("h"))
            .node(new Reshape(List.of(-1L, 1L, (long) SIDE, (long) SIDE), false), "same", "sum")
            .node(new Relu(), "y", "same")
            .output("y", source.folded().outputs().get(0).type())
            .build();
    assertThatThrownBy(() -> export.write(fixed, Map.of(), file))
        .isInstanceOf(VerificationException.class)
        .hasMessageContaining("does not take inputs of shape {image=[nx3x39x39]}");
  }
}
