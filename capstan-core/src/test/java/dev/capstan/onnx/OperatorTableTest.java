package dev.capstan.onnx;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.onnx.proto.OnnxMl.ModelProto;
import ai.onnx.proto.OnnxMl.NodeProto;
import dev.capstan.error.InvalidInputException;
import dev.capstan.graph.Constant;
import dev.capstan.graph.Dim;
import dev.capstan.graph.Graph;
import dev.capstan.graph.Node;
import dev.capstan.graph.Operator;
import dev.capstan.graph.Shape;
import dev.capstan.graph.ShapeInference;
import dev.capstan.graph.TensorType;
import dev.capstan.graph.Value;
import dev.capstan.graph.op.Conv;
import dev.capstan.graph.op.Gemm;
import dev.capstan.graph.op.Window;
import dev.capstan.space.ChannelSpaces;
import dev.capstan.space.ChannelSpaces.Residual;
import dev.capstan.space.Freedom;
import dev.capstan.testing.OnnxModels;
import dev.capstan.testing.OperatorTables;
import dev.capstan.testing.OrtOracle;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * The documents' list of operators, found by trying: each case of an operator is put between two
 * convolutions, and what may be done to the channels between the first and the operator is noted.
 */
class OperatorTableTest {
  private static final Map<Freedom, String> HEADINGS = new EnumMap<>(Freedom.class);

  static {
    HEADINGS.put(Freedom.FREE, "any basis");
    HEADINGS.put(Freedom.SELECT_ONLY, "a selection");
    HEADINGS.put(Freedom.PINNED, "none: they stay");
  }

  /** The last opsets before one with which attributes came. */
  private static final List<Long> OLDER = List.of(8L, 9L, 10L, 12L, 17L, 18L, 20L);

  private static final Pattern NEWER = Pattern.compile("\\): (.*) needs opset \\d+, the model has");

  @TempDir Path folder;

  @Test
  void standsInTheDocuments() {
    Map<String, Integer> found = found();
    Map<Integer, List<String>> alike = new TreeMap<>(Comparator.reverseOrder());
    for (String type : OperatorCodecs.types()) {
      alike.computeIfAbsent(found.getOrDefault(type, 0), key -> new ArrayList<>()).add(type);
    }
    String rows =
        alike.entrySet().stream()
            .map(
                row ->
                    "| %s | %s |\n"
                        .formatted(words(row.getKey()), String.join(", ", row.getValue())))
            .collect(Collectors.joining());
    OperatorTables.assertSection(
        "operators",
        "Opsets %d to %d.\n\n".formatted(ModelMetadata.MIN_OPSET, ModelMetadata.MAX_OPSET)
            + "| basis of the channels that it reads | operators |\n|---|---|\n"
            + rows
            + "| (vanish when a model is read) | Constant, ConstantOfShape, Shape |\n");
  }

  /** What no runtime takes is refused when it is read, not when hours of work are written. */
  @Tag("trust")
  @Test
  void aModelOfAnOpsetBeforeItsOperatorsIsRefused() {
    Set<String> tried = new TreeSet<>();
    OperatorCases.all()
        .map(one -> one.model().toBuilder())
        .filter(model -> model.getGraph().getNodeCount() == 1)
        .forEach(
            model -> {
              String type = model.getGraph().getNode(0).getOpType();
              long first = OperatorCodecs.firstOpset(type);
              model.getOpsetImportBuilder(0).setVersion(first - 1);
              if (first > ModelMetadata.MIN_OPSET && tried.add(type)) {
                Path file = OnnxModels.write(model.build(), folder.resolve("model.onnx"));
                assertThatThrownBy(() -> OnnxReader.read(file))
                    .isInstanceOf(InvalidInputException.class)
                    .hasMessageContaining("came with opset " + first);
                assertThatThrownBy(() -> OrtOracle.run(file, Map.of()))
                    .hasStackTraceContaining("for %s with domain_version".formatted(type));
              }
            });
    assertThat(tried).contains("Celu", "DeformConv", "Einsum", "Gelu", "HardSwish", "Mish");
  }

  /** Attributes and forms that are newer than the model's opset are refused at reading, too. */
  @Tag("trust")
  @Test
  void whatIsReadInAnOpsetIsWrittenInIt() throws IOException {
    Set<String> refused = new TreeSet<>();
    for (CaseTable.Case one : OperatorCases.all().toList()) {
      ModelProto.Builder model = one.model().toBuilder();
      for (long opset : OLDER) {
        if (opset < one.model().getOpsetImport(0).getVersion()) {
          model.getOpsetImportBuilder(0).setVersion(opset);
          Path file = OnnxModels.write(model.build(), folder.resolve("model.onnx"));
          Graph graph;
          try {
            graph = OnnxReader.readPart(file);
          } catch (InvalidInputException e) {
            NEWER
                .matcher(String.valueOf(e.getMessage()))
                .results()
                .forEach(newer -> refused.add(newer.group(1)));
            continue;
          }
          OnnxWriter.write(graph, OutputStream.nullOutputStream());
        }
      }
    }
    assertThat(refused).contains("dilation", "ceil_mode", "mode CRD");
  }

  @Test
  void eachOperatorHasACase() {
    Set<String> tested = new TreeSet<>();
    OperatorCases.all()
        .forEach(
            one -> one.model().getGraph().getNodeList().forEach(n -> tested.add(n.getOpType())));
    assertThat(tested).containsAll(OperatorCodecs.types());
  }

  private static String words(int found) {
    return found == 0
        ? "(not alone between two layers)"
        : HEADINGS.entrySet().stream()
            .filter(heading -> (found & bit(heading.getKey())) != 0)
            .map(Map.Entry::getValue)
            .collect(Collectors.joining(", or "));
  }

  /** A bit for each, the freest first. */
  private static int bit(Freedom freedom) {
    return 1 << (Freedom.values().length - freedom.ordinal());
  }

  /** What was found of each operator's input, one bit each, by its name in ONNX. */
  private Map<String, Integer> found() {
    Map<String, Integer> alone = new TreeMap<>();
    Map<String, Integer> together = new TreeMap<>();
    for (CaseTable.Case one : OperatorCases.all().toList()) {
      List<NodeProto> nodes = one.model().getGraph().getNodeList();
      Path file = OnnxModels.write(one.model(), folder.resolve("model.onnx"));
      Freedom freedom = freedom(OnnxReader.read(file));
      if (freedom != null) {
        Map<String, Integer> found = nodes.size() == 1 ? alone : together;
        nodes.forEach(node -> found.merge(node.getOpType(), bit(freedom), (a, b) -> a | b));
      }
    }
    // With others it may not be the one that binds; so only where nothing else tells.
    together.forEach(alone::putIfAbsent);
    assertThat(alone.keySet()).hasSizeGreaterThan(50);
    return alone;
  }

  /** What may be done to the channels of x; null where it is no image, or y none. */
  private static Freedom freedom(Graph graph) {
    TensorType x = graph.inputs().get(0).type();
    Map<String, TensorType> types = ShapeInference.of(graph);
    Shape y = types.get("y").shape();
    if (!isLayered(x.shape()) || !isLayered(y)) {
      return null;
    }
    Graph.Builder between = graph.edit();
    List<Node> nodes = new ArrayList<>(graph.nodes());
    nodes.add(0, layer(between, "before", "image", 1, x.shape().size(1), "x", x.shape().rank()));
    nodes.add(layer(between, "after", "y", y.size(1), 1, "last", y.rank()));
    TensorType image = x.with(x.shape().with(1, Dim.of(1)));
    TensorType last = x.with(y.with(1, Dim.of(1)));
    Graph whole =
        between
            .inputs(List.of(new Value("image", image)))
            .outputs(List.of(new Value("last", last)))
            .nodes(nodes)
            .build();
    return ChannelSpaces.of(whole, Residual.PROJECT).space("before").freedom();
  }

  /** Whether a layer can read or write it: an image, or rows, no extent 0 or open. */
  private static boolean isLayered(Shape shape) {
    return (shape.rank() == 4 || shape.rank() == 2)
        && shape.dims().stream().skip(1).allMatch(dim -> dim.size() > 0);
  }

  /** A convolution, or for rows a Gemm. */
  private static Node layer(
      Graph.Builder graph, String name, String from, long in, long out, String to, int rank) {
    float[] weights = new float[Math.toIntExact(in * out)];
    long[] sizes = rank == 4 ? new long[] {out, in, 1, 1} : new long[] {out, in};
    graph.constant(name + ".w", Constant.of(weights, sizes));
    Operator layer = rank == 4 ? new Conv(Window.square(1, 1, 0), 1) : Gemm.LINEAR;
    return new Node(name, layer, List.of(from, name + ".w"), List.of(to));
  }
}
