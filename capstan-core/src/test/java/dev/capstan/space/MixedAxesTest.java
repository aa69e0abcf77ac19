package dev.capstan.space;

import static org.assertj.core.api.Assertions.assertThat;

import dev.capstan.graph.Dim;
import dev.capstan.graph.Graph;
import dev.capstan.graph.op.ReduceMean;
import dev.capstan.onnx.OnnxReader;
import dev.capstan.space.ChannelSpaces.Residual;
import dev.capstan.testing.Layers;
import dev.capstan.testing.Layers.Feature;
import dev.capstan.testing.OnnxModels;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Channels that end up beside others along an axis, or along the batch, are left alone. */
class MixedAxesTest {
  private final Layers net = new Layers("net", 1, Dim.open("N"), 3, 2);

  private static void assertPinned(Graph graph, String... names) {
    ChannelSpaces spaces = ChannelSpaces.of(graph, Residual.PROJECT);
    for (String name : names) {
      assertThat(spaces.space(name).freedom()).as(spaces.toString()).isEqualTo(Freedom.PINNED);
    }
  }

  /** N x 8 x 2 x 2 as 2N rows of 16: the channels of a row depend on the row. */
  @Test
  void rowsOfSomeChannels() {
    Feature x = net.reshape(net.conv(net.input(), 8, 1, 1), -1, 16);
    Feature half = new Feature(x.name(), 16, 0);

    assertPinned(net.outputs(net.gemm(half, 3)), "conv0");
  }

  /** N x 8 as 2N x 4 x 1 x 1. */
  @Test
  void channelsSplitIntoRows() {
    Feature x = net.gemm(net.flatten(net.input()), 8);
    Feature split = new Feature(net.reshape(x, -1, 4, 1, 1).name(), 4, 1);

    assertPinned(net.outputs(net.conv(split, 3, 1, 1)), "gemm1");
  }

  /** 1 x 2 x 2 x 2 plus 1 x 2: the sum adds channels to columns. */
  @Test
  void sumOfPlaneAndRow() {
    Layers one = new Layers("one", 1, Dim.of(1), 3, 2);
    Feature plane = one.conv(one.input(), 2, 1, 1);
    Feature row = one.gemm(one.flatten(one.input()), 2);

    assertPinned(one.outputs(one.conv(one.add(plane, row), 3, 1, 1)), "conv0", "gemm2");
  }

  /** The mean over the batch puts channels into the rows of what follows. */
  @Test
  void meanOverTheBatch() {
    Feature x = net.conv(net.input(), 4, 1, 1);
    Feature mean = net.apply(new ReduceMean(List.of(0, 3), false), x, 0);
    Feature rows = new Feature(mean.name(), 2, 0);

    assertPinned(net.outputs(net.gemm(rows, 3)), "conv0");
  }

  /** Rows of patches keep the original's coordinates, and a product reads along the last axis. */
  @Test
  void productAlongTheLastAxis() {
    Feature tokens = net.reshape(net.conv(net.input(), 8, 1, 1), -1, 2, 16);
    Feature hidden = net.matMul(new Feature(tokens.name(), 16, 0), 12);
    ChannelSpaces spaces = ChannelSpaces.of(net.outputs(net.matMul(hidden, 5)), Residual.PROJECT);

    assertThat(spaces.space("conv0").freedom()).isEqualTo(Freedom.PINNED);
    assertThat(spaces.space("matmul2").freedom()).isEqualTo(Freedom.FREE);
    assertThat(spaces.space("matmul2").width()).isEqualTo(12);
    assertThat(spaces.space("matmul4").freedom()).isEqualTo(Freedom.PINNED);
  }

  /** A grey image less the means of three colours: one channel becomes three. */
  @Test
  void numbersForMoreChannelsThanThereAre(@TempDir Path folder) {
    Path file =
        OnnxModels.write(
            OnnxModels.opset(13)
                .input("x", "N", 1, 4, 4)
                .weights("one", 1, 1, 1, 1)
                .weights("colours", 1, 3, 1, 1)
                .weights("kernel", 4, 3, 1, 1)
                .node("Conv", "x one", "grey")
                .node("Add", "grey colours", "three")
                .node("Conv", "three kernel", "y")
                .output("y")
                .build(),
            folder.resolve("grey.onnx"));

    ChannelSpaces spaces = ChannelSpaces.of(OnnxReader.read(file), Residual.PROJECT);
    assertThat(spaces.compressible()).isEmpty();
    assertThat(spaces.all()).anyMatch(space -> space.width() == 1);
  }
}
