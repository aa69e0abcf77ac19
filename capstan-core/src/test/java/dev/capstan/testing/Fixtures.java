package dev.capstan.testing;

import dev.capstan.graph.Constant;
import dev.capstan.graph.DataType;
import dev.capstan.graph.Graph;
import dev.capstan.graph.Node;
import dev.capstan.graph.Operator;
import dev.capstan.graph.Shape;
import dev.capstan.graph.TensorType;
import dev.capstan.graph.Value;
import dev.capstan.graph.op.AveragePool;
import dev.capstan.graph.op.Clip;
import dev.capstan.graph.op.Gelu;
import dev.capstan.graph.op.Identity;
import dev.capstan.graph.op.LeakyRelu;
import dev.capstan.graph.op.MaxPool;
import dev.capstan.graph.op.Parametric;
import dev.capstan.graph.op.Pointwise;
import dev.capstan.graph.op.Relu;
import dev.capstan.graph.op.Sigmoid;
import dev.capstan.onnx.OnnxReader;
import dev.capstan.rewrite.BindImage;
import dev.capstan.rewrite.FoldBatchNorm;
import dev.capstan.rewrite.OpenBatch;
import dev.capstan.rewrite.Residuals;
import dev.capstan.rewrite.Rewriter;
import dev.capstan.space.ChannelOrder;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;

/** Small networks as PyTorch exports them: {@code src/test/python/make_fixtures.py} makes them. */
public final class Fixtures {
  private static final Path RESOURCES = Path.of("../capstan-core/src/test/resources/dev/capstan");
  private static final Path FOLDER = RESOURCES.resolve("fixtures");
  private static final String ONNX = ".onnx";

  private static final Set<Class<? extends Operator>> ACTIVATIONS =
      Set.of(
          Clip.class,
          Gelu.class,
          LeakyRelu.class,
          Parametric.class,
          Pointwise.class,
          Relu.class,
          Sigmoid.class);

  private Fixtures() {}

  /** Their names: architecture, exporter and opset. */
  public static List<String> names() {
    try (Stream<Path> files = Files.list(FOLDER)) {
      return files
          .map(file -> file.getFileName().toString())
          .filter(name -> name.endsWith(ONNX))
          .map(name -> name.substring(0, name.length() - ONNX.length()))
          .sorted()
          .toList();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** The model's file. */
  public static Path file(String name) {
    return FOLDER.resolve(name + ONNX);
  }

  /** The file of a kind that people met trouble with: {@code make_cases.py} makes them. */
  public static Path caseFile(String name) {
    return RESOURCES.resolve("cases").resolve(name + ONNX);
  }

  /** The network as it stands in its file. */
  public static Graph read(String name) {
    return OnnxReader.readPart(file(name));
  }

  /** The same for images of 16 x 16 pixels, where it takes any. */
  public static Graph sized(String name) {
    return BindImage.apply(read(name), List.of(Shape.of(3, 16, 16)));
  }

  /** What is compressed: for any batch, channels in order, BatchNorm folded, streams projected. */
  public static Graph prepared(String name) {
    Graph ordered = ChannelOrder.apply(OpenBatch.apply(sized(name)));
    return Residuals.project(Rewriter.apply(ordered, new FoldBatchNorm()));
  }

  /** The same without what is not linear in a single tensor. */
  public static Graph linear(String name) {
    Graph graph = prepared(name);
    return graph.edit().nodes(graph.nodes().stream().map(Fixtures::linear).toList()).build();
  }

  /** The same network computing in single precision. */
  public static Graph single(Graph graph) {
    Graph.Builder builder =
        graph.edit().inputs(single(graph.inputs())).outputs(single(graph.outputs()));
    graph
        .constants()
        .forEach(
            (name, constant) -> {
              if (constant.type() == DataType.FLOAT16) {
                builder.constant(name, Constant.of(constant.floats(), constant.sizes()));
              }
            });
    return builder.build();
  }

  private static List<Value> single(List<Value> values) {
    return values.stream()
        .map(
            value ->
                value.type().type() == DataType.FLOAT16
                    ? new Value(
                        value.name(),
                        new TensorType(DataType.FLOAT32, value.type().shape()),
                        value.doc())
                    : value)
        .toList();
  }

  private static Node linear(Node node) {
    if (node.operator() instanceof MaxPool pool && !pool.indexed()) {
      return node.with(new AveragePool(pool.window(), false));
    }
    return ACTIVATIONS.contains(node.operator().getClass())
        ? new Node(
            node.name(), new Identity(), List.of(node.inputs().get(0)), List.of(node.output()))
        : node;
  }
}
