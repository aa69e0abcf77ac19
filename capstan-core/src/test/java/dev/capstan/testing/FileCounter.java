package dev.capstan.testing;

import ai.onnx.proto.OnnxMl.AttributeProto;
import ai.onnx.proto.OnnxMl.GraphProto;
import ai.onnx.proto.OnnxMl.ModelProto;
import ai.onnx.proto.OnnxMl.NodeProto;
import ai.onnx.proto.OnnxMl.TensorProto;
import ai.onnx.proto.OnnxMl.ValueInfoProto;
import com.google.protobuf.ByteString;
import dev.capstan.testing.OrtOracle.Tensor;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Set;
import java.util.stream.LongStream;

/**
 * Counts what a model file costs, from the shapes of all its values as ONNX Runtime shows them: the
 * judge of what we count, which shares no code with it.
 */
public final class FileCounter {
  private static final Set<Integer> FLOATING = Set.of(1, 10, 11, 16);
  private static final Set<String> OTHERS = Set.of("Mystery", "CDist", "If", "Loop", "Scan");

  private final GraphProto graph;
  private final Map<String, long[]> shapes = new HashMap<>();
  private final Set<String> constants = new HashSet<>();
  private final Map<String, Long> macs = new LinkedHashMap<>();
  private long uncounted;

  /**
   * What a file costs, for one input.
   *
   * @param macs multiply-accumulates, at least
   * @param parameters floating-point numbers that nodes multiply by or add
   * @param uncounted nodes that may have more
   */
  public record Count(long macs, long parameters, long uncounted) {}

  /**
   * What each node of a file multiplies for one input, by the node's first output: names may be
   * missing.
   *
   * @param inputs of a run
   */
  public static Map<String, Long> macs(Path file, Map<String, Tensor> inputs) {
    FileCounter counter = counted(file, inputs);
    Map<String, Long> macs = new LinkedHashMap<>();
    counter.macs.forEach((output, count) -> macs.put(output, count / counter.batch()));
    return macs;
  }

  private FileCounter(GraphProto graph) {
    this.graph = graph;
  }

  /**
   * Counts.
   *
   * @param inputs of a run
   */
  public static Count of(Path file, Map<String, Tensor> inputs) {
    FileCounter counter = counted(file, inputs);
    long macs = counter.macs.values().stream().mapToLong(Long::longValue).sum();
    return new Count(macs / counter.batch(), counter.parameters(), counter.uncounted);
  }

  private static FileCounter counted(Path file, Map<String, Tensor> inputs) {
    try {
      ModelProto.Builder builder = ModelProto.parseFrom(Files.readAllBytes(file)).toBuilder();
      for (TensorProto.Builder tensor : builder.getGraphBuilder().getInitializerBuilderList()) {
        inline(tensor, file);
      }
      ModelProto model = builder.build();
      FileCounter counter = new FileCounter(model.getGraph());
      counter.count(model, inputs);
      return counter;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Puts elements that lie in another file where a model in memory has them. */
  private static void inline(TensorProto.Builder tensor, Path file) throws IOException {
    if (tensor.getDataLocation() != TensorProto.DataLocation.EXTERNAL) {
      return;
    }
    Map<String, String> place = new HashMap<>();
    tensor.getExternalDataList().forEach(entry -> place.put(entry.getKey(), entry.getValue()));
    byte[] all = Files.readAllBytes(file.resolveSibling(place.get("location")));
    int offset = Integer.parseInt(place.getOrDefault("offset", "0"));
    int length = Integer.parseInt(place.getOrDefault("length", "" + (all.length - offset)));
    tensor.clearDataLocation().clearExternalData();
    tensor.setRawData(ByteString.copyFrom(all, offset, length));
  }

  private void count(ModelProto model, Map<String, Tensor> inputs) {
    ModelProto known = runnable(model);
    inputs.forEach((name, tensor) -> shapes.put(name, tensor.shape()));
    shapes.putAll(OrtOracle.shapes(exposed(known).toByteArray(), inputs));
    for (TensorProto tensor : graph.getInitializerList()) {
      long[] dims = tensor.getDimsList().stream().mapToLong(Long::longValue).toArray();
      shapes.put(tensor.getName(), dims);
      if (FLOATING.contains(tensor.getDataType())) {
        constants.add(tensor.getName());
      }
    }
    graph.getNodeList().stream().filter(n -> n.getOpType().equals("Constant")).forEach(this::add);
    graph.getNodeList().forEach(this::count);
  }

  private long batch() {
    return shapes.get(graph.getInput(0).getName())[0];
  }

  private void add(NodeProto constant) {
    TensorProto value = constant.getAttribute(0).getT();
    if (FLOATING.contains(value.getDataType())) {
      constants.add(constant.getOutput(0));
    }
  }

  /** Without the operators that nobody can run, and what comes after them. */
  private static ModelProto runnable(ModelProto model) {
    Set<String> lost = new HashSet<>();
    ModelProto.Builder kept = model.toBuilder();
    kept.getGraphBuilder().clearNode();
    for (NodeProto node : model.getGraph().getNodeList()) {
      boolean reads = reads(node).stream().anyMatch(lost::contains);
      if (node.getDomain().equals("com.acme") || reads) {
        lost.addAll(node.getOutputList());
      } else {
        kept.getGraphBuilder().addNode(node);
      }
    }
    return kept.build();
  }

  private static Set<String> reads(NodeProto node) {
    Set<String> names = new HashSet<>(node.getInputList());
    for (AttributeProto attribute : node.getAttributeList()) {
      attribute.getG().getNodeList().forEach(inner -> names.addAll(reads(inner)));
    }
    return names;
  }

  private static ModelProto exposed(ModelProto model) {
    Set<String> names = new LinkedHashSet<>();
    model.getGraph().getNodeList().forEach(node -> names.addAll(node.getOutputList()));
    names.remove("");
    ModelProto.Builder exposed = model.toBuilder();
    exposed.getGraphBuilder().clearOutput();
    names.forEach(
        name ->
            exposed.getGraphBuilder().addOutput(ValueInfoProto.newBuilder().setName(name).build()));
    return exposed.build();
  }

  private void count(NodeProto node) {
    try {
      macs.put(node.getOutput(0), product(node));
    } catch (NullPointerException unseen) {
      uncounted++;
    }
    uncounted += OTHERS.contains(node.getOpType()) ? 1 : 0;
  }

  private long product(NodeProto node) {
    return switch (node.getOpType()) {
      case "Conv", "ConvInteger", "DeformConv", "FusedConv" -> size(output(node)) * taps(node, 1);
      case "QLinearConv" -> size(output(node)) * taps(node, 3);
      case "ConvTranspose" -> size(input(node, 0)) * taps(node, 1);
      case "MatMul", "MatMulInteger", "FusedMatMul" -> size(output(node)) * last(input(node, 0));
      case "Gemm", "FusedGemm" -> size(output(node)) * size(input(node, 1)) / last(output(node));
      case "LSTM", "GRU", "RNN" -> {
        long[] x = input(node, 0);
        yield x[0] * x[1] * (size(input(node, 1)) + size(input(node, 2)));
      }
      case "Einsum" -> einsum(node);
      default -> 0;
    };
  }

  private long taps(NodeProto node, int weights) {
    long[] shape = input(node, weights);
    return size(shape) / shape[0];
  }

  /** All letters' extents multiplied, if one of them is summed over. */
  private long einsum(NodeProto node) {
    String[] sides = node.getAttribute(0).getS().toStringUtf8().replace(" ", "").split("->");
    String[] terms = sides[0].split(",");
    Map<Character, Long> extents = new HashMap<>();
    for (int i = 0; i < terms.length; i++) {
      for (int axis = 0; axis < terms[i].length(); axis++) {
        extents.merge(terms[i].charAt(axis), input(node, i)[axis], Math::max);
      }
    }
    boolean sums = extents.keySet().stream().anyMatch(letter -> sides[1].indexOf(letter) < 0);
    return sums ? extents.values().stream().reduce(1L, (a, b) -> a * b) : 0;
  }

  private long[] input(NodeProto node, int index) {
    return shapes.get(node.getInput(index));
  }

  private long[] output(NodeProto node) {
    String seen = node.getOutputList().stream().filter(o -> !o.isEmpty()).findFirst().orElse("");
    return shapes.get(seen);
  }

  private static long size(long[] shape) {
    return LongStream.of(shape).reduce(1, (a, b) -> a * b);
  }

  private static long last(long[] shape) {
    return shape[shape.length - 1];
  }

  /** Each constant once, those left out that say how an operator works or are statistics. */
  private long parameters() {
    Set<String> read = new HashSet<>();
    graph.getNodeList().forEach(node -> addRead(node, read));
    read.retainAll(constants);
    return read.stream().mapToLong(name -> size(shapes.get(name))).sum();
  }

  private static void addRead(NodeProto node, Set<String> read) {
    int most =
        switch (node.getOpType()) {
          case "Clip", "Pad", "Resize", "Upsample", "QuantizeLinear", "DequantizeLinear" -> 1;
          case "Dropout", "OneHot" -> 1;
          case "BatchNormalization", "NonMaxSuppression" -> 3;
          case "QLinearConv" -> 0;
          default -> node.getInputCount();
        };
    read.addAll(node.getInputList().subList(0, Math.min(most, node.getInputCount())));
    for (AttributeProto attribute : node.getAttributeList()) {
      if (attribute.hasG()) {
        attribute.getG().getNodeList().forEach(inner -> addRead(inner, read));
      }
    }
  }

  /** For messages. */
  @Override
  public String toString() {
    return Arrays.toString(graph.getNodeList().stream().map(NodeProto::getOpType).toArray());
  }
}
