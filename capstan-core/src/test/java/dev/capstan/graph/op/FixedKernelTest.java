package dev.capstan.graph.op;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;

import dev.capstan.graph.Constant;
import dev.capstan.graph.Dim;
import dev.capstan.graph.Graph;
import dev.capstan.graph.Node;
import dev.capstan.rewrite.RestoreBatchNorm;
import dev.capstan.testing.Layers;
import dev.capstan.testing.Layers.Feature;
import org.junit.jupiter.api.Test;

/** What belongs to a formula is told from what was trained. */
class FixedKernelTest {
  /** A convolution of 16 channels with these weights, over and over. */
  private static boolean isFixed(int out, int kernel, int groups, float... pattern) {
    Layers net = new Layers("fixed", 1, Dim.open("N"), 16, 8);
    Feature convolved = net.conv(net.input(), out, kernel, 1, groups, false);
    Graph random = net.outputs(convolved);
    Node conv = requireNonNull(random.producer(convolved.name()));
    String name = conv.inputs().get(1);
    Constant weights = requireNonNull(random.constant(name));
    if (pattern.length == 0) {
      return FixedKernel.of(random, conv);
    }
    float[] values = weights.floats();
    for (int i = 0; i < values.length; i++) {
      values[i] = pattern[i % pattern.length];
    }
    Graph graph = random.edit().constant(name, Constant.of(values, weights.sizes())).build();
    assertThat(FixedKernel.of(graph, conv) && RestoreBatchNorm.fits(graph, conv)).isFalse();
    return FixedKernel.of(graph, conv);
  }

  @Test
  void theMeanOfADistributionOverBins() {
    float[] bins = new float[16];
    for (int i = 0; i < bins.length; i++) {
      bins[i] = i;
    }

    assertThat(isFixed(1, 1, 1, bins)).isTrue();
  }

  @Test
  void aBlurOfEveryChannel() {
    assertThat(isFixed(16, 3, 16, 1, 2, 1, 2, 4, 2, 1, 2, 1)).isTrue();
  }

  @Test
  void weightsAreNotFixed() {
    assertThat(isFixed(16, 3, 16)).isFalse();
    assertThat(isFixed(16, 3, 1)).isFalse();
    assertThat(isFixed(1, 1, 1)).isFalse();
    // Zeros are where a weight may start.
    assertThat(isFixed(16, 3, 16, 0)).isFalse();
    // One filter that repeats itself over its inputs says nothing about others.
    assertThat(isFixed(16, 3, 1, 1, 2, 1, 2, 4, 2, 1, 2, 1)).isFalse();
  }
}
