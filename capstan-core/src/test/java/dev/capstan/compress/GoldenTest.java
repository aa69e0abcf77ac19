package dev.capstan.compress;

import dev.capstan.graph.Dim;
import dev.capstan.graph.Graph;
import dev.capstan.graph.op.GlobalAveragePool;
import dev.capstan.graph.op.MaxPool;
import dev.capstan.graph.op.Relu;
import dev.capstan.graph.op.Window;
import dev.capstan.rewrite.FoldBatchNorm;
import dev.capstan.rewrite.Residuals;
import dev.capstan.rewrite.Rewriter;
import dev.capstan.space.ChannelSpaces;
import dev.capstan.space.ChannelSpaces.Residual;
import dev.capstan.testing.Golden;
import dev.capstan.testing.Layers;
import dev.capstan.testing.Layers.Feature;
import dev.capstan.testing.RandomBases;
import dev.capstan.zoo.Zoo;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Graphs and spaces of fixed networks, before and after half of the channels are left out. */
class GoldenTest {
  private final Layers net = new Layers("net", 1, Dim.open("N"), 3, 8);

  private Feature relu(Feature x) {
    return net.apply(new Relu(), x);
  }

  private static void assertGolden(String name, Graph graph, Residual residual) {
    ChannelSpaces spaces = ChannelSpaces.of(graph, residual);
    Graph half =
        Compression.apply(spaces, RandomBases.ofRanks(spaces, space -> (space.width() + 1) / 2, 1));
    String text =
        "# spaces, residual %s\n%s\n# before\n%s\n# half of the channels\n%s\n# its spaces\n%s"
            .formatted(residual, spaces, graph, half, ChannelSpaces.of(half, residual));
    Golden.assertGolden(GoldenTest.class, name + ".txt", text);
  }

  private static Graph resnet() {
    return Rewriter.apply(
        Zoo.randomCifarResNet(2, List.of(16, 32, 64), 10, 1), new FoldBatchNorm());
  }

  @Test
  void residualStreamsKept() {
    assertGolden("resnet-keep", resnet(), Residual.KEEP);
  }

  @Test
  void residualStreamsProjected() {
    Feature x = relu(net.conv(net.input(), 4, 3, 1));
    Feature y = relu(net.add(net.conv(relu(net.conv(x, 6, 3, 1)), 4, 3, 1), x));
    Feature inner = net.conv(relu(net.conv(y, 8, 3, 2)), 8, 3, 1);
    Feature z = relu(net.add(inner, net.conv(y, 8, 1, 2)));
    Feature pooled = net.apply(new GlobalAveragePool(), z, 1);
    assertGolden("resnet-project", net.outputs(net.gemm(net.flatten(pooled), 5)), Residual.PROJECT);
  }

  /** Option A joins stages of different widths: one space a stage. */
  @Test
  void residualStreamsOfOptionA() {
    assertGolden("resnet-option-a-project", Residuals.project(resnet()), Residual.PROJECT);
  }

  @Test
  void planesFlattened() {
    Feature x = relu(net.conv(relu(net.conv(net.input(), 4, 3, 1)), 6, 3, 1));
    Feature pooled = net.apply(new MaxPool(Window.square(2, 2, 0)), x, 4);
    Feature hidden = relu(net.gemm(net.flatten(pooled), 8));
    assertGolden("vgg-flatten", net.outputs(net.gemm(hidden, 5)), Residual.KEEP);
  }

  @Test
  void concatenated() {
    Feature x = relu(net.conv(net.input(), 4, 3, 1));
    Feature both = net.concat(net.conv(x, 6, 3, 1), relu(net.conv(x, 8, 1, 1)), x);
    Feature flat = net.reshape(relu(net.conv(relu(both), 4, 1, 1)), 0, -1);
    assertGolden("concat", net.outputs(net.matMul(flat, 5)), Residual.KEEP);
  }

  @Test
  void depthwise() {
    Feature x = relu(net.depthwise(relu(net.conv(net.input(), 8, 3, 1)), 3, 2));
    Feature y = net.conv(net.addConstant(net.conv(x, 6, 1, 1)), 4, 3, 1);
    Feature pooled = net.apply(new GlobalAveragePool(), y, 1);
    assertGolden("depthwise", net.outputs(net.gemm(net.flatten(pooled), 5)), Residual.KEEP);
  }
}
