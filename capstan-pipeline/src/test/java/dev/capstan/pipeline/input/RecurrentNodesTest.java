package dev.capstan.pipeline.input;

import static org.assertj.core.api.Assertions.assertThat;

import ai.onnx.proto.OnnxMl.ModelProto;
import dev.capstan.graph.Graph;
import dev.capstan.graph.op.Opaque;
import dev.capstan.onnx.OnnxReader;
import dev.capstan.rewrite.OpenBatch;
import dev.capstan.testing.OnnxModels;
import dev.capstan.testing.OrtOracle;
import dev.capstan.testing.OrtOracle.Tensor;
import dev.capstan.testing.Outputs;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Recurrent layers between convolutions, their sequences first, whatever they start from. */
final class RecurrentNodesTest {
  private static final int HIDDEN = 6;
  private static final int COLUMNS = 5;
  private static final int FEATURES = 8 * 4;

  @TempDir Path folder;

  /** What a layer starts from. */
  enum Start {
    NOTHING,
    ZEROS,
    FILLED,
    EXPANDED,
    LEARNED
  }

  /** A network. */
  record Network(String type, Start start, boolean open) {}

  static Stream<Network> networks() {
    return Stream.of("LSTM", "GRU", "RNN")
        .flatMap(
            type ->
                Stream.of(Start.values())
                    .flatMap(
                        start ->
                            Stream.of(true, false).map(open -> new Network(type, start, open))))
        .filter(network -> !(network.open() && network.start() == Start.ZEROS));
  }

  @ParameterizedTest
  @MethodSource("networks")
  void whatIsBehindIsReadAndCompressed(Network network) throws IOException {
    ModelProto model = model(network);
    Path file = OnnxModels.write(model, folder.resolve("model.onnx"));

    Graph graph = OnnxReader.readPart(file, Set.of(), PlantedNodesTest.RUNTIME);

    assertThat(graph.tail()).isEmpty();
    assertThat(graph.nodes().stream().filter(n -> n.operator() instanceof Opaque)).hasSize(1);
    Map<String, Tensor> one = Map.of("x", Tensor.random(1, 1, 3, 4, COLUMNS));
    Outputs.assertClose(OrtOracle.run(graph, one), OrtOracle.run(model.toByteArray(), one), 0);
    Graph open = OpenBatch.apply(graph);
    Graph restored = OpenBatch.restore(open, graph);
    assertThat(restored.toString()).isEqualTo(graph.toString());
    assertThat(
            OrtOracle.run(open, Map.of("x", Tensor.random(2, 3, 3, 4, COLUMNS))).get("y").shape())
        .startsWith(3);
    PlantedNodesTest.assertCompressed(graph, one, 1);
  }

  private static ModelProto model(Network network) {
    int gates = Map.of("LSTM", 4, "GRU", 3, "RNN", 1).get(network.type());
    OnnxModels model =
        OnnxModels.opset(17)
            .input("x", network.open() ? "n" : (Object) 1, 3, 4, COLUMNS)
            .weights("w1", 8, 3, 3, 3)
            .node("Conv", "x w1", "c1", "pads", new long[] {1, 1, 1, 1})
            .node("Relu", "c1", "r1")
            .node("Transpose", "r1", "columns", "perm", new long[] {3, 0, 1, 2})
            .longs("flat", COLUMNS, network.open() ? -1 : 1, FEATURES)
            .node("Reshape", "columns flat", "sequence")
            .weights("W", 2, gates * HIDDEN, FEATURES)
            .weights("R", 2, gates * HIDDEN, HIDDEN)
            .weights("B", 2, 2 * gates * HIDDEN);
    String start = start(model, network);
    String states = network.type().equals("LSTM") ? start + " " + start : start;
    return model
        .node(
            network.type(),
            "sequence W R B _ " + states,
            "h",
            "hidden_size",
            HIDDEN,
            "direction",
            "bidirectional")
        .node("Transpose", "h", "images", "perm", new long[] {2, 1, 3, 0})
        .longs("plane", network.open() ? -1 : 1, 2 * HIDDEN, 1, COLUMNS)
        .node("Reshape", "images plane", "image")
        .weights("w2", 10, 2 * HIDDEN, 1, 3)
        .node("Conv", "image w2", "c2", "pads", new long[] {0, 1, 0, 1})
        .node("Relu", "c2", "r2")
        .weights("w3", 4, 10, 1, 1)
        .node("Conv", "r2 w3", "y")
        .output("y")
        .build();
  }

  /** The name of the initial state; "_" for none. */
  private static String start(OnnxModels model, Network network) {
    if (network.start() == Start.NOTHING) {
      return "_";
    }
    if (network.start() == Start.ZEROS) {
      model.initializer(OnnxModels.floats("h0", new float[2 * HIDDEN], 2, 1, HIDDEN));
      return "h0";
    }
    boolean learned = network.start() == Start.LEARNED;
    if (learned) {
      model.weights("each", 2, 1, HIDDEN);
    }
    if (learned && !network.open()) {
      return "each";
    }
    model
        .longs("which", 0)
        .longs("two", 2)
        .longs("hidden", HIDDEN)
        .node("Shape", "x", "extents")
        .node("Gather", "extents which", "batch")
        .node("Concat", "two batch hidden", "stateShape", "axis", 0);
    if (network.start() == Start.FILLED) {
      model.node("ConstantOfShape", "stateShape", "h0");
    } else if (learned) {
      model.node("Expand", "each stateShape", "h0");
    } else {
      model.scalar("zero", 0).node("Expand", "zero stateShape", "h0");
    }
    return "h0";
  }
}
