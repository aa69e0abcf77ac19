package dev.capstan.rewrite;

import static org.assertj.core.api.Assertions.assertThat;

import dev.capstan.graph.Constant;
import dev.capstan.graph.Dim;
import dev.capstan.graph.Graph;
import dev.capstan.graph.Node;
import dev.capstan.onnx.OnnxReader;
import dev.capstan.testing.Layers;
import dev.capstan.testing.Layers.Feature;
import dev.capstan.testing.OnnxModels;
import dev.capstan.testing.Outputs;
import java.nio.file.Path;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Constants that go by several names. */
class MergeConstantsTest {
  private final Layers net = new Layers("net", 1, Dim.open("N"), 3, 8);

  @TempDir Path folder;

  /** Two layers of one kernel, which the file has twice. */
  private Graph twice(int out, int kernel, float[] values) {
    Feature x = net.conv(net.input(), out, kernel, 1, 1, false);
    Feature y = net.conv(net.input(), out, kernel, 1, 1, false);
    Graph graph = net.outputs(net.add(x, y));
    Constant first = Constant.of(values, out, 3, kernel, kernel);
    Constant second = Constant.of(values, out, 3, kernel, kernel);
    return graph.edit().constant("conv0.w", first).constant("conv1.w", second).build();
  }

  @Test
  void trainedKernelsOfEqualBitsAreOne() {
    Layers other = new Layers("net", 2, Dim.open("N"), 3, 8);
    float[] values =
        other.outputs(other.conv(other.input(), 4, 3, 1)).constants().get("conv0.w").floats();
    Graph graph = twice(4, 3, values);

    Graph merged = MergeConstants.ofEqualKernels(graph);

    assertThat(merged.constants().keySet()).containsExactly("conv0.w");
    Outputs.assertClose(merged, graph, 1e-6);
  }

  /** Blurs and zeros are equal by design: layers that have them have nothing to do with another. */
  @Test
  void kernelsOfFewValuesStayApart() {
    float[] blur = new float[4 * 3 * 9];
    for (int i = 0; i < blur.length; i++) {
      blur[i] = i % 9 % 2 + 1;
    }

    assertThat(MergeConstants.ofEqualKernels(twice(4, 3, blur)).constants()).hasSize(2);
  }

  /** Each is looked at once: pairs of a hundred thousand would take hours. */
  @Tag("trust")
  @Test
  @Timeout(30)
  void manyKernelsAlikeAreNotComparedInPairs() {
    Graph one = net.outputs(net.conv(net.input(), 1, 1, 1, 1, false));
    Node conv = one.nodes().get(0);
    Graph.Builder many = one.edit();
    for (int i = 0; i < 100_000; i++) {
      many.constant("k" + i, Constant.of(new float[3], 1, 3, 1, 1));
      many.node(conv.operator(), "y" + i, conv.inputs().get(0), "k" + i);
    }
    Graph graph = many.build();

    assertThat(MergeConstants.ofEqualKernels(graph)).isSameAs(graph);
  }

  /** An exporter names what branches share once for each. */
  @Test
  void whatIsHandedOnByIdentityHasOneName() {
    Path file =
        OnnxModels.opset(13)
            .input("x", 1, 3, 8, 8)
            .weights("w", 4, 3, 3, 3)
            .node("Identity", "w", "again")
            .node("Conv", "x w", "a")
            .node("Conv", "x again", "b")
            .node("Sub", "a b", "y")
            .output("y")
            .write(folder.resolve("model.onnx"));

    Graph graph = OnnxReader.read(file);

    assertThat(graph.constants().keySet()).containsExactly("w");
    assertThat(graph.readers("w")).hasSize(2);
  }
}
