package dev.capstan.torch.internal.engine;

import static org.assertj.core.api.Assertions.assertThat;

import ai.onnx.proto.OnnxMl.ModelProto;
import ai.onnx.proto.OnnxMl.TensorProto;
import dev.capstan.compress.Compression;
import dev.capstan.graph.DataType;
import dev.capstan.graph.Graph;
import dev.capstan.onnx.OnnxReader;
import dev.capstan.onnx.OnnxWriter;
import dev.capstan.space.ChannelSpaces;
import dev.capstan.space.ChannelSpaces.Residual;
import dev.capstan.testing.OnnxModels;
import dev.capstan.testing.OrtOracle;
import dev.capstan.testing.RandomBases;
import dev.capstan.torch.internal.tensor.Precision;
import dev.capstan.torch.internal.tensor.Tensors;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.bytedeco.pytorch.Tensor;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Small networks as other tools write them: read, run, compressed and written again. */
class ImportedNetworkTest {
  private static final OrtOracle.Tensor PIXELS = OrtOracle.Tensor.random(3, 2, 6, 8, 3);

  @TempDir Path folder;

  private static float[] run(Graph graph, OrtOracle.Tensor input) {
    try (Program program = new Program(graph, new Execution(Precision.FP32, 1));
        Tensor x = Tensors.of(input.values(), input.shape())) {
      Tensor[] outputs = program.run(x);
      float[] values = Tensors.floats(outputs[0]);
      List.of(outputs).forEach(Tensor::close);
      return values;
    }
  }

  /** Half precision inside, single outside, as converters leave it: Casts at both ends. */
  @ParameterizedTest
  @ValueSource(ints = {10, 16})
  void halfPrecision(int type) {
    ModelProto.Builder model =
        OnnxModels.opset(22)
            .input("x", "N", 3, 8, 8)
            .node("Cast", "x", "h", "to", type)
            .initializer(half("w", type, 4, 3, 3, 3))
            .initializer(half("b", type, 4))
            .node("Conv", "h w b", "c")
            .node("Relu", "c", "r")
            .initializer(half("v", type, 2, 4, 1, 1))
            .node("Conv", "r v", "s")
            .node("Cast", "s", "y", "to", 1)
            .output("y")
            .builder();
    model.setIrVersion(10);
    Path file = OnnxModels.write(model.build(), folder.resolve("half.onnx"));
    Graph graph = OnnxReader.read(file);
    ChannelSpaces spaces = ChannelSpaces.of(graph, Residual.PROJECT);

    Graph compressed = Compression.apply(spaces, RandomBases.selection(spaces, 2));

    OrtOracle.Tensor x = OrtOracle.Tensor.random(4, 2, 3, 8, 8);
    DataType expected = type == 10 ? DataType.FLOAT16 : DataType.BFLOAT16;
    assertThat(compressed.constants().values())
        .allSatisfy(constant -> assertThat(constant.type()).isEqualTo(expected));
    OnnxWriter.write(compressed, folder.resolve("small.onnx"));
    assertThat(OnnxReader.read(folder.resolve("small.onnx"))).hasToString(compressed.toString());
    // ONNX Runtime has no bfloat16 convolution on CPUs.
    if (type == 10) {
      float[] whole = OrtOracle.run(file, Map.of("x", x)).get("y").values();
      assertThat(Elements.distance(run(graph, x), whole)).isLessThan(1e-2);
      float[] small = OrtOracle.run(compressed, Map.of("x", x)).get("y").values();
      assertThat(Elements.distance(run(compressed, x), small)).isLessThan(1e-2);
    }
  }

  /** A 16-bit tensor of small numbers: the bits of 1, 1.0625, 1.125 ... in its type. */
  private static TensorProto half(String name, int type, long... sizes) {
    TensorProto.Builder tensor = TensorProto.newBuilder().setName(name).setDataType(type);
    long count = 1;
    for (long size : sizes) {
      tensor.addDims(size);
      count *= size;
    }
    for (int i = 0; i < count; i++) {
      int step = i * 7 % 16;
      int sign = i % 3 == 0 ? 0x8000 : 0;
      tensor.addInt32Data(sign | (type == 10 ? 0x2C00 + (step << 6) : 0x3D80 + (step << 3)));
    }
    return tensor.build();
  }

  /** Channels last outside, first inside: Transposes at both ends and around a bias (tf2onnx). */
  @Test
  void channelsLast() {
    OnnxModels model =
        OnnxModels.opset(13)
            .input("x", "N", 6, 8, 3)
            .node("Transpose", "x", "x1", "perm", new long[] {0, 3, 1, 2})
            .weights("w", 6, 3, 3, 3)
            .node("Conv", "x1 w", "c", "auto_pad", "SAME_UPPER")
            .node("Transpose", "c", "c1", "perm", new long[] {0, 2, 3, 1})
            .weights("b", 6)
            .node("Add", "c1 b", "a")
            .node("Relu", "a", "r")
            .weights("m", 6, 5)
            .node("MatMul", "r m", "d")
            .node("Transpose", "d", "d1", "perm", new long[] {0, 3, 1, 2})
            .weights("v", 4, 5, 1, 1)
            .node("Conv", "d1 v", "e")
            .node("Transpose", "e", "y", "perm", new long[] {0, 2, 3, 1})
            .output("y");
    Path file = model.write(folder.resolve("nhwc.onnx"));
    Graph graph = OnnxReader.read(file);
    float[] expected = OrtOracle.run(file, Map.of("x", PIXELS)).get("y").values();
    assertThat(Elements.distance(run(graph, PIXELS), expected)).isLessThan(1e-5);

    ChannelSpaces spaces = ChannelSpaces.of(graph, Residual.PROJECT);
    Graph permuted = Compression.apply(spaces, RandomBases.permutation(spaces, 5));
    Graph smaller = Compression.apply(spaces, RandomBases.selection(spaces, 5));

    assertThat(spaces.compressible())
        .extracting(space -> space.name())
        .contains("c_node", "d_node");
    assertThat(Elements.distance(run(permuted, PIXELS), expected)).isLessThan(1e-5);
    float[] small = OrtOracle.run(smaller, Map.of("x", PIXELS)).get("y").values();
    assertThat(Elements.distance(run(smaller, PIXELS), small)).isLessThan(1e-5);
  }

  /** Several inputs and outputs, height and width open, a feature brought to another's extents. */
  @Test
  void openHeightAndWidth() {
    OnnxModels model =
        OnnxModels.opset(17)
            .input("x", "N", 3, "H", "W")
            .weights("w", 8, 3, 3, 3)
            .node("Conv", "x w", "c", "pads", new long[] {1, 1, 1, 1}, "strides", new long[] {2, 2})
            .node("Sigmoid", "c", "g")
            .node("Mul", "c g", "s")
            .node("Shape", "x", "shape")
            .longs("two", 2)
            .longs("four", 4)
            .node("Slice", "shape two four", "plane")
            .node("Shape", "s", "small")
            .longs("zero", 0)
            .node("Slice", "small zero two", "own")
            .node("Concat", "own plane", "sizes", "axis", 0)
            .node("Resize", "s _ _ sizes", "u", "mode", "linear")
            .weights("v", 2, 8, 1, 1)
            .node("Conv", "u v", "y")
            .output("y");
    Path file = model.write(folder.resolve("open.onnx"));
    Graph graph = OnnxReader.read(file);
    ChannelSpaces spaces = ChannelSpaces.of(graph, Residual.PROJECT);
    Graph smaller = Compression.apply(spaces, RandomBases.selection(spaces, 5));
    Path rewritten = folder.resolve("smaller.onnx");
    OnnxWriter.write(smaller, rewritten);

    assertThat(spaces.compressible()).extracting(space -> space.name()).containsExactly("c_node");
    assertThat(OnnxReader.read(rewritten)).hasToString(smaller.toString());
    for (long[] shape : new long[][] {{1, 3, 9, 7}, {2, 3, 4, 12}}) {
      OrtOracle.Tensor x = OrtOracle.Tensor.random(3, shape);
      float[] expected = OrtOracle.run(file, Map.of("x", x)).get("y").values();
      assertThat(Elements.distance(run(graph, x), expected)).isLessThan(1e-5);
      float[] small = OrtOracle.run(rewritten, Map.of("x", x)).get("y").values();
      assertThat(Elements.distance(run(smaller, x), small)).isLessThan(1e-5);
    }
  }
}
