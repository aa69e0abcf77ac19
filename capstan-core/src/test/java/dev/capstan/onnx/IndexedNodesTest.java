package dev.capstan.onnx;

import static org.assertj.core.api.Assertions.assertThat;

import ai.onnx.proto.OnnxMl.ModelProto;
import ai.onnx.proto.OnnxMl.TensorProto;
import dev.capstan.graph.Graph;
import dev.capstan.graph.Node;
import dev.capstan.testing.OnnxModels;
import dev.capstan.testing.OrtOracle;
import dev.capstan.testing.OrtOracle.Tensor;
import dev.capstan.testing.Outputs;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Tables of indices read as simpler operators, which compute the same in ONNX Runtime. */
class IndexedNodesTest {
  @TempDir Path folder;

  private static ModelProto with(OnnxModels model, long[] sizes, long... indices) {
    ModelProto.Builder proto = model.build().toBuilder();
    TensorProto.Builder table =
        TensorProto.newBuilder()
            .setName("table")
            .setDataType(TensorProto.DataType.INT64.getNumber())
            .addAllInt64Data(LongStream.of(indices).boxed().toList());
    LongStream.of(sizes).forEach(table::addDims);
    proto.getGraphBuilder().addInitializer(table);
    return proto.build();
  }

  private List<String> read(ModelProto model) {
    Path file = OnnxModels.write(model, folder.resolve("model.onnx"));
    Graph graph = OnnxReader.readPart(file);
    assertThat(graph.tail()).isEmpty();
    Map<String, Tensor> inputs = Map.of("x", Tensor.random(1, 1, 4, 2, 2));
    Outputs.assertClose(OrtOracle.run(graph, inputs), OrtOracle.run(file, inputs), 0);
    return graph.nodes().stream().map(Node::operator).map(o -> o.type()).toList();
  }

  private static OnnxModels network() {
    return OnnxModels.opset(17).input("x", 1, 4, 2, 2);
  }

  /** {@code as_strided} of all elements. */
  @Test
  void aWholeRowIsTheTensorAgain() {
    OnnxModels model = network().longs("row", -1).node("Reshape", "x row", "flat");
    model.node("Gather", "flat table", "y").output("y");
    long[] all = LongStream.range(0, 16).toArray();

    assertThat(read(with(model, new long[] {1, 4, 4, 1}, all))).containsExactly("Reshape");
  }

  @Test
  void aTableIsAListAndAShape() {
    OnnxModels model = network().node("Gather", "x table", "y", "axis", 1).output("y");

    assertThat(read(with(model, new long[] {2, 3}, 3, 0, -1, 2, 2, 1)))
        .containsExactly("Gather", "Reshape");
  }

  /** {@code y[:, from:to] = relu(...)}, and the same along another axis. */
  @Test
  void aSliceThatIsWrittenBackIsAConcat() {
    assertThat(read(written(0, 2, false))).containsExactly("Relu", "Slice", "Slice", "Concat");
    assertThat(read(written(1, 3, false)))
        .containsExactly("Relu", "Slice", "Slice", "Slice", "Concat");
    assertThat(read(written(2, 4, false))).containsExactly("Relu", "Slice", "Slice", "Concat");
    assertThat(read(written(0, 4, false))).containsExactly("Relu", "Slice", "Identity");
  }

  /** What is no box stays what it is: the tail. */
  @Test
  void channelsInAnotherOrderAreNoSlice() {
    Path file = OnnxModels.write(written(0, 2, true), folder.resolve("model.onnx"));

    assertThat(OnnxReader.readPart(file).tail()).isPresent();
  }

  private static ModelProto written(int from, int to, boolean reversed) {
    OnnxModels model =
        network()
            .longs("start", from)
            .longs("end", to)
            .longs("axis", 1)
            .node("Relu", "x", "positive")
            .node("Slice", "positive start end axis", "part")
            .node("ScatterND", "x table part", "y")
            .output("y");
    List<Long> indices = new ArrayList<>();
    for (int i = from; i < to; i++) {
      indices.add(0L);
      indices.add((long) (reversed ? from + to - 1 - i : i));
    }
    long[] numbers = indices.stream().mapToLong(Long::longValue).toArray();
    return with(model, new long[] {1, to - from, 2}, numbers);
  }

  /** {@code y[:, from:to] = relu(...)} where each image of a batch is counted. */
  @Test
  void ofAnOpenBatchTheWholeIsWritten() {
    for (int batch : new int[] {1, 3, 5}) {
      Path file = OnnxModels.write(counted("rows", 1, 3).build(), folder.resolve("model.onnx"));
      Graph graph = OnnxReader.readPart(file);
      Map<String, Tensor> inputs = Map.of("x", Tensor.random(1, batch, 4, 2, 2));
      Outputs.assertClose(OrtOracle.run(graph, inputs), OrtOracle.run(file, inputs), 0);
      assertThat(graph.nodes().stream().map(Node::operator).map(o -> o.type()))
          .containsExactly("Relu", "Slice", "Slice", "Slice", "Concat");
    }
  }

  /** Images in another order are not the whole, nor is one image again and again. */
  @Test
  void ofAnOpenBatchAnotherOrderIsNoSlice() {
    OnnxModels turned = counted("turned", 1, 3);
    OnnxModels first = counted("zeros", 1, 3);
    for (OnnxModels model : List.of(turned, first)) {
      Path file = OnnxModels.write(model.build(), folder.resolve("model.onnx"));
      assertThat(OnnxReader.readPart(file).tail()).isPresent();
    }
  }

  /** {@code as_strided} of all elements of however many images; of some of them it is the tail. */
  @Test
  void ofAnOpenBatchAWholeRowIsTheTensorAgain() {
    Path whole = OnnxModels.write(strided(16).build(), folder.resolve("whole.onnx"));
    Graph graph = OnnxReader.readPart(whole);

    assertThat(graph.nodes().stream().map(Node::operator).map(o -> o.type()))
        .containsExactly("Reshape");
    for (int batch : new int[] {1, 3, 5}) {
      Map<String, Tensor> inputs = Map.of("x", Tensor.random(1, batch, 4, 2, 2));
      Outputs.assertClose(OrtOracle.run(graph, inputs), OrtOracle.run(whole, inputs), 0);
    }
    Path overlapping = OnnxModels.write(strided(12).build(), folder.resolve("overlapping.onnx"));
    assertThat(OnnxReader.readPart(overlapping).tail()).isPresent();
  }

  /** Each image's first elements begin so many after those of the image before. */
  private static OnnxModels strided(int stride) {
    return OnnxModels.opset(18)
        .input("x", "N", 4, 2, 2)
        .longs("row", -1)
        .longs("one", 1)
        .longs("zero", 0)
        .longs("stride", stride)
        .longs("standing", -1, 1, 1, 1)
        .longs("within", LongStream.range(0, 16).toArray())
        .longs("places", 1, 4, 2, 2)
        .node("Reshape", "x row", "flat")
        .node("Shape", "x", "n", "start", 0, "end", 1)
        .node("Squeeze", "n", "count")
        .node("Squeeze", "zero", "first")
        .node("Squeeze", "one", "step")
        .node("Range", "first count step", "images")
        .node("Mul", "images stride", "starts")
        .node("Reshape", "starts standing", "outer")
        .node("Reshape", "within places", "inner")
        .node("Add", "outer inner", "table")
        .node("Gather", "flat table", "y", "axis", 0)
        .output("y");
  }

  /** Rows are counted, last first perhaps, or are all the first one. */
  private static OnnxModels counted(String rows, int from, int to) {
    long[] columns = LongStream.range(from, to).toArray();
    return OnnxModels.opset(17)
        .input("x", "N", 4, 2, 2)
        .longs("start", from)
        .longs("end", to)
        .longs("axis", 1)
        .longs("zero", 0)
        .longs("one", 1)
        .longs("width", to - from)
        .longs("column", -1, 1)
        .longs("pairs", 0, 0, 1)
        .longs("columns", columns)
        .node("Relu", "x", "positive")
        .node("Slice", "positive start end axis", "part")
        .node("Shape", "x", "shape")
        .node("Gather", "shape zero", "n")
        .node("Squeeze", "n", "count")
        .node("Squeeze", "zero", "first")
        .node("Squeeze", "one", "step")
        .node("Range", "first count step", "rows")
        .node("Sub", "n one", "last")
        .node("Sub", "last rows", "turned")
        .node("Mul", "rows zero", "zeros")
        .node("Reshape", rows + " column", "standing")
        .node("Concat", "n width", "extents", "axis", 0)
        .node("Expand", "standing extents", "images")
        .node("Expand", "columns extents", "channels")
        .node("Reshape", "images pairs", "outer")
        .node("Reshape", "channels pairs", "inner")
        .node("Concat", "outer inner", "table", "axis", 2)
        .node("ScatterND", "x table part", "y")
        .output("y");
  }
}
