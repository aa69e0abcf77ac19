package dev.capstan.torch.internal.paired;

import static org.assertj.core.api.Assertions.assertThat;

import dev.capstan.data.ImageIoDecoder;
import dev.capstan.data.ImageStore;
import dev.capstan.data.ImageSubset;
import dev.capstan.data.shapes.ShapeImages;
import dev.capstan.graph.Dim;
import dev.capstan.graph.Graph;
import dev.capstan.graph.op.GlobalAveragePool;
import dev.capstan.graph.op.Relu;
import dev.capstan.image.Preprocessing;
import dev.capstan.outputs.OutputKind;
import dev.capstan.testing.Layers;
import dev.capstan.testing.Layers.Feature;
import dev.capstan.torch.internal.engine.Execution;
import dev.capstan.torch.internal.tensor.Precision;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Whether mirror images are worth learning from. */
final class MirrorCheckTest {
  private static final ImageSubset IMAGES =
      ImageSubset.all(
          new ImageStore(
              new ShapeImages(5, 40), new ImageIoDecoder(), Preprocessing.imageNet(16, 16)));
  private static final Execution EXECUTION = new Execution(Precision.FP32, 1);

  private static boolean passes(Graph graph, OutputKind kind) {
    return MirrorCheck.passes(kind.mark(graph), IMAGES, EXECUTION);
  }

  /** A mean over all places knows no left and right. */
  @ParameterizedTest
  @EnumSource
  void networksThatSeeNoSidesPass(OutputKind kind) {
    Layers net = new Layers("sides", 1, Dim.open("N"), 3, 16);
    Feature seen = net.apply(new Relu(), net.conv(net.input(), 8, 1, 1));
    Feature pooled = net.apply(new GlobalAveragePool(), seen, 1);

    assertThat(passes(net.outputs(net.gemm(net.flatten(pooled), 5)), kind)).isTrue();
  }

  /** Each pixel has a weight of its own. */
  @ParameterizedTest
  @EnumSource
  void networksThatTellSidesDoNot(OutputKind kind) {
    Layers net = new Layers("sides", 1, Dim.open("N"), 3, 16);

    assertThat(passes(net.outputs(net.gemm(net.flatten(net.input()), 5)), kind)).isFalse();
  }
}
