package dev.capstan.space;

import static org.assertj.core.api.Assertions.assertThat;

import dev.capstan.graph.Constant;
import dev.capstan.graph.Dim;
import dev.capstan.graph.Graph;
import dev.capstan.graph.op.Relu;
import dev.capstan.onnx.OnnxReader;
import dev.capstan.space.ChannelSpaces.Residual;
import dev.capstan.testing.Layers;
import dev.capstan.testing.Layers.Feature;
import dev.capstan.testing.OnnxModels;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Which channels the readers of one constant have in common. */
class SharedKernelsTest {
  private final Layers net = new Layers("net", 1, Dim.open("N"), 3, 8);

  @TempDir Path folder;

  private static List<Space> compressible(Graph graph) {
    return ChannelSpaces.of(graph, Residual.PROJECT).compressible();
  }

  private Feature relu(Feature x) {
    return net.apply(new Relu(), x);
  }

  /** Two branches of three layers each, of which the middle ones share their kernel. */
  private Graph branches() {
    Feature x = net.conv(relu(net.conv(net.input(), 6, 3, 1)), 8, 3, 1);
    Feature y = net.convLike(x, relu(net.conv(net.input(), 6, 1, 1)), 3, 1, false);
    return net.outputs(net.conv(relu(x), 4, 1, 1), net.conv(relu(y), 5, 1, 1));
  }

  @Test
  void whatIsReadAndWhatIsWrittenAreOneSpaceEach() {
    assertThat(compressible(branches()))
        .extracting(Space::producers)
        .containsExactly(List.of("conv0", "conv3"), List.of("conv2", "conv5"));
  }

  /** Exporters store equal constants once. */
  @Test
  void aSharedBiasJoinsNothing() {
    Graph graph =
        net.outputs(
            net.conv(relu(net.conv(relu(net.conv(net.input(), 6, 3, 1)), 6, 1, 1)), 4, 1, 1));
    Graph shared =
        graph
            .edit()
            .nodes(
                graph.nodes().stream()
                    .map(n -> n.reading(i -> i.equals("conv2.b") ? "conv0.b" : i))
                    .toList())
            .build();

    assertThat(shared.readers("conv0.b")).hasSize(2);
    assertThat(compressible(shared)).hasSize(2);
  }

  /** A kernel that is the same for all channels fits any basis' number of channels. */
  @Test
  void aBlurJoinsNothing() {
    Feature x = net.depthwise(relu(net.conv(net.input(), 6, 3, 1)), 3, 1);
    Feature y = net.convLike(x, net.conv(x, 6, 1, 1), 3, 1, true);
    Graph graph = net.outputs(net.conv(y, 4, 1, 1));
    float[] blur = new float[6 * 9];
    for (int i = 0; i < blur.length; i++) {
      blur[i] = i % 9 % 2 + 1;
    }
    Graph blurred = graph.edit().constant(x.name() + ".w", Constant.of(blur, 6, 1, 3, 3)).build();

    assertThat(compressible(graph)).hasSize(1);
    assertThat(compressible(blurred)).hasSize(2);
  }

  /** What one layer writes through, another reads through: no basis serves both. */
  @Test
  void anAxisOfTwoRolesIsLeftAlone() {
    String kernel = net.constant("shared", 0.5, 6, 6, 2, 2);
    Feature x = net.conv(net.input(), 6, 3, 1);
    Feature down = net.convShared(x, kernel, 6, 2);
    Feature up = net.transposedShared(relu(down), kernel, 6);
    List<Space> all = ChannelSpaces.of(net.outputs(net.conv(up, 3, 1, 1)), Residual.PROJECT).all();

    assertThat(all).extracting(Space::freedom).containsOnly(Freedom.PINNED);
    assertThat(all).anyMatch(space -> space.reason().contains("shares kernel 'shared'"));
  }

  /** The rest of the model computes with the kernel as it is. */
  @Test
  void aKernelThatTheTailReadsStays() {
    Path file =
        OnnxModels.opset(13)
            .input("x", 1, 3, 8, 8)
            .weights("w", 3, 3, 3, 3)
            .weights("v", 3, 3, 3, 3)
            .node("Conv", "x w", "a", "pads", new long[] {1, 1, 1, 1})
            .node("Conv", "a v", "b", "pads", new long[] {1, 1, 1, 1})
            .node("Unknown", "b", "c")
            .node("Conv", "c w", "y")
            .output("y")
            .write(folder.resolve("model.onnx"));

    Graph graph = OnnxReader.readPart(file);

    assertThat(graph.isReadOutside("w")).isTrue();
    assertThat(compressible(graph)).isEmpty();
  }
}
