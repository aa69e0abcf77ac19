package dev.capstan.onnx;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.onnx.proto.OnnxMl.ModelProto;
import ai.onnx.proto.OnnxMl.NodeProto;
import dev.capstan.error.InvalidInputException;
import dev.capstan.testing.Fixtures;
import dev.capstan.testing.OnnxModels;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Files whose nodes stand in an order in which they cannot run. */
class NodeOrderTest {
  @TempDir Path folder;

  /** Nodes in any order are read as those in the right one. */
  @ParameterizedTest
  @MethodSource("fixtures")
  void shuffledNodesAreReadAlike(Path file) {
    ModelProto model = ModelFile.read(file);
    List<NodeProto> nodes = new ArrayList<>(model.getGraph().getNodeList());
    Collections.shuffle(nodes, new Random(1));
    ModelProto.Builder shuffled = model.toBuilder();
    shuffled.getGraphBuilder().clearNode().addAllNode(nodes);

    assertThat(read(shuffled.build())).isEqualTo(read(model));
  }

  static List<Path> fixtures() {
    List<Path> files = new ArrayList<>();
    Fixtures.names().stream()
        .filter(name -> name.endsWith("-13"))
        .map(Fixtures::file)
        .forEach(files::add);
    // With a tail, nodes that are held without being known, and what is counted out of constants.
    for (String name :
        List.of(
            "alike-tail-script-11",
            "warped-script-17",
            "recogniser-script-17",
            "unet-odd-script-17")) {
      files.add(Fixtures.caseFile(name));
    }
    return files;
  }

  private List<String> read(ModelProto model) {
    Path written = OnnxModels.write(model, folder.resolve("model.onnx"));
    // Those that have no name in the file get one by their place.
    return OnnxReader.readPart(written).nodes().stream()
        .map(node -> node.outputs() + " = " + node.operator() + " of " + node.inputs())
        .sorted()
        .toList();
  }

  /** In a file of the right order nothing moves. */
  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3})
  void ofNodesThatCanRunNothingMoves(long seed) {
    Random random = new Random(seed);
    List<NodeProto> nodes = new ArrayList<>();
    for (int i = 0; i < 200; i++) {
      NodeProto.Builder node = NodeProto.newBuilder().setName("n" + i).addOutput("v" + i);
      for (int reads = random.nextInt(3); reads > 0; reads--) {
        node.addInput("v" + (random.nextInt(i + 5) - 5));
      }
      nodes.add(node.build());
    }

    assertThat(NodeOrder.runnable(nodes)).isEqualTo(nodes);
  }

  @Test
  void nodesThatReadEachOtherAreNamed() {
    OnnxModels model = OnnxModels.opset(13).input("x", 1, 3, 4, 4);
    model.node("Add", "x b", "a").node("Relu", "a", "b").output("b");
    Path file = OnnxModels.write(model.build(), folder.resolve("model.onnx"));

    assertThatThrownBy(() -> OnnxReader.readPart(file))
        .isInstanceOf(InvalidInputException.class)
        .hasMessageContaining("reads 'a', which nothing before it gives");
  }
}
