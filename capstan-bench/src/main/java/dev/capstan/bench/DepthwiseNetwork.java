package dev.capstan.bench;

import dev.capstan.graph.Constant;
import dev.capstan.graph.DataType;
import dev.capstan.graph.Dim;
import dev.capstan.graph.Graph;
import dev.capstan.graph.Operator;
import dev.capstan.graph.Shape;
import dev.capstan.graph.TensorType;
import dev.capstan.graph.op.Add;
import dev.capstan.graph.op.BatchNormalization;
import dev.capstan.graph.op.Clip;
import dev.capstan.graph.op.Conv;
import dev.capstan.graph.op.Flatten;
import dev.capstan.graph.op.Gemm;
import dev.capstan.graph.op.GlobalAveragePool;
import dev.capstan.graph.op.Window;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;

/**
 * A small MobileNetV2 (Sandler et al. 2018) for 32 x 32 images and ten classes: inverted residual
 * blocks that widen four times, with random weights.
 */
final class DepthwiseNetwork {
  private static final int EXPANSION = 4;
  private static final int HEAD = 128;

  private final SplittableRandom random;
  private final Graph.Builder graph = Graph.builder("depthwise");
  private String last = "input";
  private int channels = 3;

  private DepthwiseNetwork(long seed) {
    random = new SplittableRandom(seed);
    graph.input(last, type(Dim.of(3), Dim.of(32), Dim.of(32)));
  }

  /** The network; its weights depend on the seed alone. */
  static Graph random(long seed) {
    DepthwiseNetwork network = new DepthwiseNetwork(seed);
    network.layer("stem", 16, 3, 2, 1, true);
    network.block("block1", 16, 1);
    network.block("block2", 24, 2);
    network.block("block3", 24, 1);
    network.block("block4", 40, 2);
    network.block("block5", 40, 1);
    network.layer("head", HEAD, 1, 1, 1, true);
    return network.classified();
  }

  private void block(String name, int outChannels, int stride) {
    String input = last;
    int width = EXPANSION * channels;
    boolean residual = stride == 1 && channels == outChannels;
    layer(name + ".expand", width, 1, 1, 1, true);
    layer(name + ".depthwise", width, 3, stride, width, true);
    layer(name + ".project", outChannels, 1, 1, 1, false);
    if (residual) {
      node(name + ".add", new Add(), last, input);
    }
  }

  /** Convolution, BatchNorm and perhaps ReLU6. */
  private void layer(
      String name, int outChannels, int kernel, int stride, int groups, boolean activation) {
    int inChannels = channels / groups;
    double deviation = Math.sqrt(2.0 / (inChannels * kernel * kernel));
    constant(name + ".weight", 0, deviation, outChannels, inChannels, kernel, kernel);
    Window window = Window.square(kernel, stride, kernel / 2);
    node(name, new Conv(window, groups), last, name + ".weight");
    constant(name + ".scale", 1, 0, outChannels);
    constant(name + ".shift", 0, 0, outChannels);
    constant(name + ".mean", 0, 0, outChannels);
    constant(name + ".var", 1, 0, outChannels);
    node(
        name + ".norm",
        new BatchNormalization(1e-5f),
        last,
        name + ".scale",
        name + ".shift",
        name + ".mean",
        name + ".var");
    if (activation) {
      node(name + ".relu6", new Clip(0, 6), last);
    }
    channels = outChannels;
  }

  private Graph classified() {
    node("pool", new GlobalAveragePool(), last);
    node("flat", new Flatten(1), last);
    constant("classifier.weight", 0, Math.sqrt(1.0 / HEAD), 10, HEAD);
    constant("classifier.bias", 0, 0, 10);
    node("logits", Gemm.LINEAR, last, "classifier.weight", "classifier.bias");
    return graph.output(last, type(Dim.of(10))).build();
  }

  private void node(String name, Operator operator, String... inputs) {
    graph.node(operator, name, inputs);
    last = name;
  }

  private void constant(String name, double mean, double deviation, long... sizes) {
    float[] values = new float[Math.toIntExact(Arrays.stream(sizes).reduce(1, (a, b) -> a * b))];
    for (int i = 0; i < values.length; i++) {
      values[i] = (float) (mean + deviation * random.nextGaussian());
    }
    graph.constant(name, Constant.of(values, sizes));
  }

  private static TensorType type(Dim... dims) {
    Dim[] all = new Dim[dims.length + 1];
    all[0] = Dim.open("N");
    System.arraycopy(dims, 0, all, 1, dims.length);
    return new TensorType(DataType.FLOAT32, new Shape(List.of(all)));
  }
}
