package dev.capstan.testing;

import ai.onnx.proto.OnnxMl.AttributeProto;
import ai.onnx.proto.OnnxMl.AttributeProto.AttributeType;
import ai.onnx.proto.OnnxMl.GraphProto;
import ai.onnx.proto.OnnxMl.ModelProto;
import ai.onnx.proto.OnnxMl.NodeProto;
import ai.onnx.proto.OnnxMl.OperatorSetIdProto;
import ai.onnx.proto.OnnxMl.TensorProto;
import ai.onnx.proto.OnnxMl.ValueInfoProto;
import com.google.protobuf.ByteString;
import dev.capstan.graph.Graph;
import dev.capstan.graph.Node;
import dev.capstan.graph.ShapeInference;
import dev.capstan.graph.TensorType;
import dev.capstan.graph.op.Conv;
import dev.capstan.onnx.OnnxWriter;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.function.IntConsumer;
import java.util.function.IntUnaryOperator;

/**
 * What may come after a network's known part: layers behind operators that no graph holds, each
 * kind a line of a table. The weights are random, some of them the network's own.
 */
final class RandomTails {
  private static final long OPSET = 20;
  private static final int WIDTH = 4;

  private final Graph graph;
  private final SplittableRandom random;
  private final ModelProto.Builder model;
  private int count;

  /** The value that the next layer reads. */
  private String at = "";

  private RandomTails(Graph graph, long seed) {
    this.graph = graph.edit().metadata(graph.metadata().withOpset(OPSET)).build();
    this.random = new SplittableRandom(seed);
    this.model = proto(this.graph).toBuilder();
    for (String domain : List.of("com.microsoft", "com.acme")) {
      model.addOpsetImport(OperatorSetIdProto.newBuilder().setDomain(domain).setVersion(1));
    }
  }

  static ModelProto proto(Graph graph) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try {
      OnnxWriter.write(graph, bytes);
      return ModelProto.parseFrom(bytes.toByteArray());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /**
   * A network with a tail.
   *
   * @param runnable whether ONNX Runtime knows all of its operators
   */
  static ModelProto behind(Graph graph, long seed, boolean runnable) {
    return new RandomTails(graph, seed).model(runnable);
  }

  private ModelProto model(boolean runnable) {
    Map<String, TensorType> types = ShapeInference.of(graph);
    List<Node> images = graph.nodes().stream().filter(node -> rank(types, node) == 4).toList();
    Node from = images.get(random.nextInt(images.size()));
    int channels = (int) types.get(from.output()).shape().size(1);
    at = from.output();
    begin(runnable);
    List<IntUnaryOperator> layers = onImages();
    for (int i = random.nextInt(1, 4); i > 0; i--) {
      channels = layers.get(random.nextInt(layers.size())).applyAsInt(channels);
    }
    List<IntConsumer> ends = ends();
    ends.get(random.nextInt(ends.size())).accept(channels);
    model.getGraphBuilder().addOutput(ValueInfoProto.newBuilder().setName(at));
    return model.build();
  }

  private static int rank(Map<String, TensorType> types, Node node) {
    return types.get(node.output()).shape().rank();
  }

  /** An operator that no graph knows: sums over the images, or what might be held as well. */
  private void begin(boolean runnable) {
    if (!runnable) {
      add("Mystery", List.of(at), "com.acme");
    } else if (random.nextBoolean()) {
      add("CumSum", List.of(at, longs(0)));
    } else {
      add("Trilu", List.of(at));
    }
  }

  private List<IntUnaryOperator> onImages() {
    return List.of(
        channels -> conv("Conv", "", channels),
        channels -> conv("FusedConv", "com.microsoft", channels),
        this::own,
        this::deformed,
        this::transposed,
        this::twice,
        this::integers,
        this::quantized,
        this::plain,
        this::branch);
  }

  private int conv(String type, String domain, int channels) {
    node(
        type,
        domain,
        List.of(at, floats(WIDTH, channels, 3, 3), floats(WIDTH)),
        "pads",
        new long[] {1, 1, 1, 1});
    return WIDTH;
  }

  /** By a kernel that the network before reads too, where one fits. */
  private int own(int channels) {
    for (Node node : graph.nodes()) {
      if (node.operator() instanceof Conv conv && conv.groups() == 1) {
        var kernel = graph.constant(node.inputs().get(1));
        if (kernel != null && kernel.size(1) == channels) {
          long pad = kernel.size(2) / 2;
          long[] pads = {pad, pad, pad, pad};
          node("Conv", "", List.of(at, node.inputs().get(1)), "pads", pads);
          return kernel.size(0);
        }
      }
    }
    return conv("Conv", "", channels);
  }

  private int deformed(int channels) {
    String x = at;
    long[] pads = {1, 1, 1, 1};
    node("Conv", "", List.of(x, floats(18, channels, 3, 3)), "pads", pads);
    List<String> inputs = List.of(x, floats(WIDTH, channels, 3, 3), at);
    node("DeformConv", "", inputs, "pads", pads, "kernel_shape", new long[] {3, 3});
    return WIDTH;
  }

  private int transposed(int channels) {
    List<String> inputs = List.of(at, floats(channels, 3, 2, 2));
    node("ConvTranspose", "", inputs, "strides", new long[] {2, 2});
    return 3;
  }

  /** The same kernel again: its parameters are there once. */
  private int twice(int channels) {
    String kernel = floats(channels, channels, 1, 1);
    add("Conv", List.of(at, kernel));
    add("Relu", List.of(at));
    add("Conv", List.of(at, kernel));
    return channels;
  }

  private int integers(int channels) {
    String bytes = quantize();
    String zero = bytes + ".zero";
    add("ConvInteger", List.of(bytes, bytes(WIDTH, channels, 1, 1), zero));
    node("Cast", "", List.of(at), "to", 1);
    return WIDTH;
  }

  private String quantize() {
    String name = "tail" + count++;
    NodeProto node =
        OnnxModels.nodeProto(
            "DynamicQuantizeLinear", at, name + " " + name + ".scale " + name + ".zero");
    model.getGraphBuilder().addNode(node);
    return name;
  }

  private int quantized(int channels) {
    String scale = scalar(0.1f);
    String zero = bytes();
    add("QuantizeLinear", List.of(at, scale, zero));
    List<String> inputs =
        List.of(at, scale, zero, bytes(WIDTH, channels, 1, 1), scale, zero, scale, zero);
    add("QLinearConv", inputs);
    add("DequantizeLinear", List.of(at, scale, zero));
    return WIDTH;
  }

  /** What multiplies by no weights, and numbers that are no parameters. */
  private int plain(int channels) {
    add("Clip", List.of(at, scalar(-2), scalar(2)));
    String scale = floats(channels);
    String variance = positive(channels);
    add("BatchNormalization", List.of(at, scale, floats(channels), floats(channels), variance));
    add("Resize", List.of(at, "", values(1, 1, 2, 2)));
    return channels;
  }

  /** A product inside of a subgraph, which no shapes are known of. */
  private int branch(int channels) {
    String kernel = floats(channels, channels, 1, 1);
    String x = at;
    node("ReduceMax", "", List.of(x), "keepdims", 0);
    node("Cast", "", List.of(at), "to", 9);
    NodeProto.Builder node = OnnxModels.nodeProto("If", at, next()).toBuilder();
    for (String way : List.of("then_branch", "else_branch")) {
      String inner = "inner" + count++;
      GraphProto.Builder branch = GraphProto.newBuilder().setName(inner);
      branch.addNode(OnnxModels.nodeProto("Conv", x + " " + kernel, inner));
      branch.addOutput(OnnxModels.value(inner, "a", "b", "c", "d"));
      node.addAttribute(
          AttributeProto.newBuilder().setName(way).setType(AttributeType.GRAPH).setG(branch));
    }
    model.getGraphBuilder().addNode(node);
    at = node.getOutput(0);
    return channels;
  }

  private List<IntConsumer> ends() {
    return List.of(
        channels -> recurrent("LSTM", 4, channels),
        channels -> recurrent("GRU", 3, channels),
        channels -> recurrent("RNN", 1, channels),
        this::attention,
        this::sums,
        channels -> linear("Gemm", "", channels),
        channels -> linear("FusedGemm", "com.microsoft", channels),
        this::integerProduct,
        this::distances,
        channels -> {});
  }

  /** Pixels become steps: {@code N x S x C}. */
  private void sequence(int channels) {
    add("Reshape", List.of(at, longs(0, channels, -1)));
    node("Transpose", "", List.of(at), "perm", new long[] {0, 2, 1});
  }

  private void recurrent(String type, int gates, int channels) {
    sequence(channels);
    node("Transpose", "", List.of(at), "perm", new long[] {1, 0, 2});
    boolean both = random.nextBoolean();
    int ways = both ? 2 : 1;
    String direction = both ? "bidirectional" : "forward";
    String inputWeights = floats(ways, (long) gates * WIDTH, channels);
    String ownWeights = floats(ways, (long) gates * WIDTH, WIDTH);
    List<String> inputs = List.of(at, inputWeights, ownWeights);
    node(type, "", inputs, "hidden_size", WIDTH, "direction", direction);
  }

  private void attention(int channels) {
    sequence(channels);
    String x = at;
    add("MatMul", List.of(x, floats(channels, WIDTH)));
    String query = at;
    add("MatMul", List.of(x, floats(channels, WIDTH)));
    node("FusedMatMul", "com.microsoft", List.of(query, at), "transB", 1);
    add("Softmax", List.of(at));
    add("MatMul", List.of(at, x));
  }

  private void sums(int channels) {
    sequence(channels);
    node("Einsum", "", List.of(at, floats(channels, WIDTH)), "equation", "nsc,ck->nsk");
    node("Einsum", "", List.of(at, at), "equation", "nsk,ntk->nst");
  }

  private void flat() {
    add("GlobalAveragePool", List.of(at));
    add("Flatten", List.of(at));
  }

  private void linear(String type, String domain, int channels) {
    flat();
    boolean other = random.nextBoolean();
    String weights = other ? floats(WIDTH, channels) : floats(channels, WIDTH);
    List<String> inputs = List.of(at, weights, floats(WIDTH));
    if (domain.isEmpty()) {
      node(type, domain, inputs, "transB", other ? 1 : 0);
    } else {
      node(type, domain, inputs, "transB", other ? 1 : 0, "activation", "Relu");
    }
  }

  private void integerProduct(int channels) {
    flat();
    String bytes = quantize();
    add("MatMulInteger", List.of(bytes, bytes(channels, WIDTH), bytes + ".zero"));
  }

  /** An operator that nobody counts, and ONNX Runtime knows. */
  private void distances(int channels) {
    flat();
    node("CDist", "com.microsoft", List.of(at, floats(3, channels)), "metric", "euclidean");
  }

  private String next() {
    return "tail" + count++;
  }

  private void add(String type, List<String> inputs) {
    add(type, inputs, "");
  }

  private void add(String type, List<String> inputs, String domain) {
    node(type, domain, inputs);
  }

  private void node(String type, String domain, List<String> inputs, Object... attributes) {
    List<String> names = inputs.stream().map(name -> name.isEmpty() ? "_" : name).toList();
    NodeProto node = OnnxModels.nodeProto(type, String.join(" ", names), next(), attributes);
    model.getGraphBuilder().addNode(node.toBuilder().setDomain(domain));
    at = node.getOutput(0);
  }

  private String constant(TensorProto tensor) {
    model.getGraphBuilder().addInitializer(tensor);
    return tensor.getName();
  }

  private String floats(long... dims) {
    float[] values = OrtOracle.Tensor.random(random.nextLong(), dims).values();
    return constant(OnnxModels.floats("weights" + count++, values, dims));
  }

  private String positive(long size) {
    float[] values = new float[(int) size];
    Arrays.fill(values, 1.5f);
    return constant(OnnxModels.floats("weights" + count++, values, size));
  }

  private String values(float... values) {
    return constant(OnnxModels.floats("values" + count++, values, values.length));
  }

  private String scalar(float value) {
    return constant(OnnxModels.floats("scalar" + count++, new float[] {value}));
  }

  private String longs(long... values) {
    return constant(OnnxModels.longTensor("longs" + count++, values));
  }

  /** Of no axes where there are none. */
  private String bytes(long... dims) {
    long elements = 1;
    List<Long> sizes = new ArrayList<>();
    for (long dim : dims) {
      elements *= dim;
      sizes.add(dim);
    }
    byte[] values = new byte[(int) elements];
    random.nextBytes(values);
    return constant(
        TensorProto.newBuilder()
            .setName("bytes" + count++)
            .setDataType(TensorProto.DataType.UINT8_VALUE)
            .addAllDims(sizes)
            .setRawData(ByteString.copyFrom(values))
            .build());
  }
}
