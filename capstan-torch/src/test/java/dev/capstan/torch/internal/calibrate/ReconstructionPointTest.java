package dev.capstan.torch.internal.calibrate;

import static org.assertj.core.api.Assertions.assertThat;

import dev.capstan.graph.Dim;
import dev.capstan.graph.Graph;
import dev.capstan.graph.op.Relu;
import dev.capstan.rewrite.FoldBatchNorm;
import dev.capstan.rewrite.Rewriter;
import dev.capstan.space.ChannelSpaces;
import dev.capstan.space.ChannelSpaces.Residual;
import dev.capstan.testing.Layers;
import dev.capstan.testing.Layers.Feature;
import dev.capstan.testing.RandomBases;
import dev.capstan.zoo.Zoo;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Taps are where docs/method.md, section 4.4 puts them. */
class ReconstructionPointTest {
  private final Layers net = new Layers("net", 1, Dim.open("N"), 3, 8);

  private static List<String> points(Graph graph, Residual residual) {
    ChannelSpaces spaces = ChannelSpaces.of(graph, residual);
    return ReconstructionPoint.of(spaces, RandomBases.identity(spaces)).stream()
        .map(ReconstructionPointTest::text)
        .toList();
  }

  private static String text(ReconstructionPoint point) {
    return point.consumer() + " at " + point.value();
  }

  private Feature relu(Feature x) {
    return net.apply(new Relu(), x);
  }

  /** The block's output, after Add and ReLU. */
  @Test
  void keptStreamsAreTappedBehindTheirBlocks() {
    Graph resnet =
        Rewriter.apply(Zoo.randomCifarResNet(2, List.of(4, 8), 3, 1), new FoldBatchNorm());

    assertThat(points(resnet, Residual.KEEP))
        .containsExactly(
            "layer1.0.conv2 at layer1.0.relu2",
            "layer1.1.conv2 at layer1.1.relu2",
            "layer2.0.conv2 at layer2.0.relu2",
            "layer2.1.conv2 at layer2.1.relu2");
  }

  /** Past the activation, but for the classifier, which has none. */
  @Test
  void chainsAreTappedAtEveryLayer() {
    Feature x = relu(net.conv(net.input(), 4, 3, 1));
    Feature y = relu(net.conv(x, 6, 3, 1));
    Feature hidden = relu(net.gemm(net.flatten(y), 5));
    Graph chain = net.outputs(net.gemm(hidden, 3));

    assertThat(points(chain, Residual.KEEP))
        .containsExactly("conv2 at relu3", "gemm5 at relu6", "gemm7 at gemm7");
  }

  /** Nothing between: the consumer's own output. */
  @Test
  void withoutAnActivationTheOutputItselfIsTapped() {
    Feature x = net.conv(net.conv(net.input(), 4, 3, 1), 6, 3, 1);
    Graph chain = net.outputs(net.gemm(net.flatten(x), 3));

    assertThat(points(chain, Residual.KEEP)).containsExactly("conv1 at conv1", "gemm3 at gemm3");
  }

  /** An activation that is not the only reader is no place to compare past. */
  @Test
  void outputsReadTwiceAreTappedBeforeTheActivation() {
    Feature x = relu(net.conv(net.input(), 4, 3, 1));
    Feature y = net.conv(x, 4, 3, 1);
    Graph graph = net.outputs(net.add(relu(y), y));

    assertThat(points(graph, Residual.KEEP)).containsExactly("conv2 at conv2");
  }

  /** Two consumers meet in one sum: one point. */
  @Test
  void aSumOfTwoConsumersIsTappedOnce() {
    Feature x = relu(net.conv(net.input(), 4, 3, 1));
    Feature sum = relu(net.add(net.conv(x, 6, 3, 1), net.conv(x, 6, 1, 1)));
    Graph graph = net.outputs(net.conv(sum, 3, 1, 1));

    assertThat(points(graph, Residual.KEEP)).containsExactly("conv3 at relu5");
  }

  /** A projected stream is decoded where its readers find it. */
  @Test
  void projectedStreamsAreTappedBehindTheSum() {
    Feature x = relu(net.conv(net.input(), 4, 3, 1));
    Feature inner = relu(net.conv(x, 5, 3, 1));
    Feature sum = relu(net.add(net.conv(inner, 4, 3, 1), x));
    Graph graph = net.outputs(net.conv(sum, 3, 1, 1));

    assertThat(points(graph, Residual.PROJECT)).containsExactly("conv4 at relu6", "conv7 at conv7");
  }
}
