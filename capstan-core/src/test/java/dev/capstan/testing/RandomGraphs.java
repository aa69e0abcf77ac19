package dev.capstan.testing;

import ai.onnx.proto.OnnxMl.ModelProto;
import dev.capstan.graph.DataType;
import dev.capstan.graph.Dim;
import dev.capstan.graph.Graph;
import dev.capstan.graph.Value;
import dev.capstan.graph.op.Arithmetic;
import dev.capstan.graph.op.AveragePool;
import dev.capstan.graph.op.Clip;
import dev.capstan.graph.op.Dropout;
import dev.capstan.graph.op.GlobalAveragePool;
import dev.capstan.graph.op.Identity;
import dev.capstan.graph.op.LeakyRelu;
import dev.capstan.graph.op.MaxPool;
import dev.capstan.graph.op.Pad;
import dev.capstan.graph.op.Parametric;
import dev.capstan.graph.op.Pointwise;
import dev.capstan.graph.op.ReduceMean;
import dev.capstan.graph.op.Relu;
import dev.capstan.graph.op.Resize;
import dev.capstan.graph.op.Sigmoid;
import dev.capstan.graph.op.Softmax;
import dev.capstan.graph.op.Window;
import dev.capstan.testing.Layers.Feature;
import dev.capstan.testing.OrtOracle.Tensor;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.function.UnaryOperator;
import java.util.stream.LongStream;

/**
 * Random small networks of every shape that the operators allow: each a function of its seed.
 *
 * <p>A network is a stem, some blocks and a head, each drawn from a table. A new kind of block is
 * one more line in {@link #blocks}.
 */
public final class RandomGraphs {
  /** Functions that are defined everywhere and do not jump. */
  private static final List<Pointwise> SMOOTH =
      List.of(Pointwise.ERF, Pointwise.SOFTPLUS, Pointwise.SOFTSIGN, Pointwise.TANH);

  private final SplittableRandom random;
  private final boolean linear;
  private final Layers layers;

  private RandomGraphs(long seed, boolean linear) {
    this.random = new SplittableRandom(seed);
    this.linear = linear;
    Dim batch = random.nextBoolean() ? Dim.of(1) : Dim.open("N");
    this.layers = new Layers("random" + seed, seed, batch, oneOf(1, 3), oneOf(5, 8));
  }

  /** A network. */
  public static Graph of(long seed) {
    return new RandomGraphs(seed, false).network();
  }

  /** A network of linear (and affine) operators alone. */
  public static Graph linear(long seed) {
    return new RandomGraphs(seed, true).network();
  }

  /**
   * A model file's content: a network, every second one with kernels that several nodes read, and
   * behind it what no graph holds.
   *
   * @param runnable whether ONNX Runtime knows all of its operators
   */
  public static ModelProto withTail(long seed, boolean runnable) {
    return RandomTails.behind(seed % 2 == 0 ? of(seed) : tied(seed), seed, runnable);
  }

  /**
   * Seeds of the networks a property is tried on: {@code -Dcapstan.graphs=N} sets how many, for
   * longer runs than every build's.
   */
  public static LongStream seeds() {
    return seeds(60);
  }

  /** The same, this many in every build: where a property takes long. */
  public static LongStream seeds(long usual) {
    return LongStream.range(0, Long.getLong("capstan.graphs", usual));
  }

  /** Inputs of a network; an open batch is 2, other open extents 16. */
  public static Map<String, Tensor> inputs(Graph graph, long seed) {
    Map<String, Tensor> inputs = new LinkedHashMap<>();
    for (Value value : graph.inputs()) {
      long[] sizes = value.type().shape().sizes();
      for (int axis = 0; axis < sizes.length; axis++) {
        sizes[axis] = sizes[axis] >= 0 ? sizes[axis] : axis == 0 ? 2 : 16;
      }
      inputs.put(
          value.name(),
          value.type().type() == DataType.UINT8
              ? Tensor.bytes(seed, sizes)
              : Tensor.random(seed, sizes));
    }
    return inputs;
  }

  /** A network some of whose kernels are read by several nodes. */
  public static Graph tied(long seed) {
    RandomGraphs graphs = new RandomGraphs(seed, false);
    return graphs.network(graphs.tiedBlocks());
  }

  private Graph network() {
    return network(List.of());
  }

  /** A network with a block of these too. */
  private Graph network(List<UnaryOperator<Feature>> planted) {
    Feature x =
        activation(norm(layers.conv(layers.input(), width(), 3, 1, 1, random.nextBoolean())));
    List<Feature> seen = new ArrayList<>();
    int depth = random.nextInt(1, 5);
    for (int i = 0; i < depth; i++) {
      x = oneOf(blocks()).apply(x);
      seen.add(x);
    }
    if (!planted.isEmpty()) {
      x = oneOf(planted).apply(x);
      seen.add(x);
    }
    Feature output = head(x);
    return random.nextInt(4) > 0
        ? layers.outputs(output)
        : layers.outputs(output, side(seen.get(random.nextInt(seen.size()))));
  }

  /** A second output: a feature itself, or what a layer makes of it. */
  private Feature side(Feature x) {
    return random.nextBoolean() ? layers.apply(new Identity(), x) : layers.conv(x, width(), 1, 1);
  }

  private List<UnaryOperator<Feature>> blocks() {
    return List.of(
        x -> activation(norm(layers.conv(x, width(), oneOf(1, 3), oneOf(1, 2)))),
        x -> layers.conv(activation(layers.batchNorm(x)), width(), 3, 1),
        x -> activation(layers.add(residual(x, x.channels(), 1), x)),
        x -> layers.add(x, residual(activation(layers.batchNorm(x)), x.channels(), 1)),
        this::projected,
        this::optionA,
        x ->
            layers.concat(
                layers.conv(x, width(), 3, 1), activation(layers.conv(x, width(), 1, 1)), x),
        x ->
            activation(layers.concat(norm(layers.conv(x, width(), 1, 1)), layers.conv(x, 4, 3, 1))),
        x -> layers.conv(activation(norm(layers.depthwise(x, 3, oneOf(1, 2)))), width(), 1, 1),
        x -> activation(layers.conv(layers.conv(x, 8, 1, 1), 8, 3, 1, 2, random.nextBoolean())),
        x -> layers.conv(layers.addConstant(x, x.channels(), 1, 1), width(), 1, 1),
        x -> activation(layers.addConstant(layers.conv(x, width(), 3, 1))),
        x -> layers.conv(layers.addConstant(x, x.side(), x.side()), width(), 1, 1),
        this::pool,
        this::pad,
        this::halves,
        this::sumOfParts,
        this::grouped,
        this::gated,
        this::scaled,
        x -> layers.conv(upsampled(layers.conv(x, width(), 3, 2)), width(), 3, 1),
        x -> activation(layers.convTranspose(layers.conv(x, 8, 3, 2), width(), oneOf(1, 2))),
        this::shuffledUp,
        x -> layers.conv(layers.spaceToDepth(upsampled(layers.conv(x, 4, 3, 2))), width(), 1, 1),
        x -> layers.conv(multiplied(layers.conv(x, width(), 1, 1)), width(), 1, 1),
        this::shared,
        this::siamese,
        this::sharedHead,
        this::siameseDepthwise);
  }

  private List<UnaryOperator<Feature>> tiedBlocks() {
    return List.of(this::shared, this::siamese, this::sharedHead, this::siameseDepthwise);
  }

  private Feature residual(Feature x, int out, int stride) {
    Feature inner = activation(norm(layers.conv(x, width(), 3, stride)));
    return norm(layers.conv(inner, out, oneOf(1, 3), 1));
  }

  private Feature projected(Feature x) {
    int out = width();
    return activation(layers.add(residual(x, out, 2), norm(layers.conv(x, out, 1, 2))));
  }

  private Feature optionA(Feature x) {
    int out = x.channels() + oneOf(0, 3, 4);
    return activation(layers.add(residual(x, out, 2), layers.optionA(x, out)));
  }

  /** Squeeze and excite: a factor for each channel, made of the means of all. */
  private Feature gated(Feature x) {
    Feature inner = activation(layers.conv(x, width(), 3, 1));
    Feature means = layers.apply(new GlobalAveragePool(), inner, 1);
    Feature hidden = activation(layers.conv(means, 4, 1, 1));
    Feature gate = layers.apply(new Sigmoid(), layers.conv(hidden, inner.channels(), 1, 1));
    return layers.conv(layers.product(inner, gate), width(), 1, 1);
  }

  private Feature scaled(Feature x) {
    Feature inner = layers.conv(x, width(), 3, 1);
    long each = random.nextBoolean() ? 1 : inner.channels();
    return layers.conv(layers.withConstant(Arithmetic.MUL, inner, each, 1, 1), width(), 1, 1);
  }

  private Feature upsampled(Feature x) {
    return layers.upsample(x, oneOf(List.of(Resize.Mode.NEAREST, Resize.Mode.LINEAR)));
  }

  /** Channels that become pixels (super-resolution). */
  private Feature shuffledUp(Feature x) {
    Feature wide = norm(layers.conv(x, oneOf(8, 24), 3, 2));
    Feature up = layers.depthToSpace(activation(wide), random.nextBoolean());
    return layers.conv(activation(up), width(), 3, 1);
  }

  /** Depthwise, with two channels of each. */
  private Feature multiplied(Feature x) {
    return layers.conv(x, 2 * x.channels(), 3, 1, x.channels(), true);
  }

  /** Some channels pass by, the others through a layer (CSPNet, ShuffleNet). */
  private Feature halves(Feature x) {
    int cut = random.nextInt(1, x.channels());
    Feature left = layers.slice(x, 0, cut);
    Feature right = activation(layers.conv(layers.slice(x, cut, x.channels()), width(), 3, 1));
    return layers.conv(layers.concat(right, left), width(), 1, 1);
  }

  /** A sum in which the channels of one side come from two layers. */
  private Feature sumOfParts(Feature x) {
    Feature parts = layers.concat(layers.conv(x, 4, 1, 1), layers.conv(x, width(), 3, 1));
    Feature sum = activation(layers.add(layers.conv(x, parts.channels(), 1, 1), parts));
    return layers.conv(sum, width(), 3, 1);
  }

  /** A convolution in groups, of a part of the channels as it may come. */
  private Feature grouped(Feature x) {
    Feature y = activation(layers.conv(x, 12, 1, 1));
    Feature part = random.nextBoolean() ? y : layers.slice(y, oneOf(0, 2), 10);
    int cut = part.channels() / 4 * 4;
    Feature even = cut == part.channels() ? part : layers.slice(part, 0, cut);
    return layers.conv(layers.conv(even, 8, 3, 1, oneOf(2, 4), true), width(), 1, 1);
  }

  private Feature pool(Feature x) {
    Window window = Window.square(oneOf(2, 3), 1, oneOf(0, 1));
    int side = x.side() + 2 * window.pads().get(0) - window.kernel().get(0) + 1;
    if (side < 2) {
      return x;
    }
    return layers.apply(
        linear || random.nextBoolean()
            ? new AveragePool(window, random.nextBoolean())
            : new MaxPool(window),
        x,
        side);
  }

  private Feature pad(Feature x) {
    float value = random.nextInt(3) == 0 ? 0.5f : 0;
    Pad pad = new Pad(Pad.Mode.CONSTANT, List.of(0, 0, 1, 0, 0, 0, 0, 1), value);
    return layers.conv(layers.apply(pad, x, x.side() + 1), width(), 3, 1);
  }

  /** The same kernel twice, in a chain that goes on. */
  private Feature shared(Feature x) {
    int channels = x.channels();
    String weights = layers.constant(x.name() + ".shared", 0.5, channels, channels, 1, 1);
    Feature first = activation(layers.convShared(x, weights, channels, 1));
    return layers.conv(activation(layers.convShared(first, weights, channels, 1)), width(), 1, 1);
  }

  /** Two branches through one kernel, and what tells them apart. */
  private Feature siamese(Feature x) {
    int in = width();
    List<Feature> both = List.of(layers.conv(x, in, 1, 1), activation(layers.conv(x, in, 1, 1)));
    both = tied(both, layers.conv(both.get(0), width(), 3, 1, 1, random.nextBoolean()), 3, false);
    both = tied(both, layers.conv(both.get(0), width(), 1, 1), 1, false);
    Feature apart = layers.difference(both.get(0), both.get(1));
    return layers.conv(linear ? apart : layers.apply(Pointwise.ABS, apart), 8, 1, 1);
  }

  private Feature siameseDepthwise(Feature x) {
    List<Feature> both = List.of(layers.conv(x, 6, 1, 1), layers.conv(x, 6, 3, 1));
    both = tied(both, layers.depthwise(both.get(0), 3, 1), 3, true);
    both = tied(both, layers.conv(both.get(0), width(), 1, 1), 1, false);
    return layers.conv(layers.add(both.get(0), both.get(1)), width(), 1, 1);
  }

  /** One head over two sizes, as detectors have it. */
  private Feature sharedHead(Feature x) {
    int in = width();
    List<Feature> levels = List.of(layers.conv(x, in, 3, 1), layers.conv(x, in, 3, 2));
    levels = tied(levels, layers.conv(levels.get(0), width(), 3, 1), 3, false);
    levels = tied(levels, layers.conv(levels.get(0), width(), 1, 1), 1, false);
    List<Feature> means =
        levels.stream().map(y -> layers.apply(new GlobalAveragePool(), y, 1)).toList();
    Feature gate = layers.conv(layers.concat(means.get(0), means.get(1)), 6, 1, 1);
    return layers.product(layers.conv(x, 6, 1, 1), gate);
  }

  /**
   * What comes of both features through the kernel that the first one has gone through, behind one
   * BatchNormalization, two of them, or none.
   */
  private List<Feature> tied(List<Feature> both, Feature first, int kernel, boolean depthwise) {
    Feature second = layers.convLike(first, both.get(1), kernel, 1, depthwise);
    int kind = random.nextInt(3);
    Feature left = kind == 0 ? first : layers.batchNorm(first);
    Feature right =
        switch (kind) {
          case 0 -> second;
          case 1 -> layers.batchNormLike(left, second);
          default -> layers.batchNorm(second);
        };
    return linear
        ? List.of(left, right)
        : List.of(layers.apply(new Relu(), left), layers.apply(new Relu(), right));
  }

  private Feature norm(Feature x) {
    return random.nextInt(3) == 0 ? layers.batchNorm(x) : x;
  }

  private Feature activation(Feature x) {
    return switch (linear ? random.nextInt(5, 7) : random.nextInt(13)) {
      case 0, 1, 2 -> layers.apply(new Relu(), x);
      case 3 -> layers.apply(new LeakyRelu(0.1f), x);
      case 4 -> layers.apply(new Sigmoid(), x);
      case 5 -> layers.apply(new Dropout(0.5f), x);
      case 6 -> x;
      case 7 -> layers.apply(oneOf(SMOOTH), x);
      case 8 -> layers.apply(Pointwise.HARD_SWISH, x);
      case 9 -> layers.apply(Parametric.Function.ELU.usual(), x);
      case 10 -> layers.product(x, layers.apply(new Sigmoid(), x));
      case 11 -> layers.withConstant(Arithmetic.PRELU, x, perChannel(x));
      default -> layers.apply(new Clip(-0.5f, 1), x);
    };
  }

  private static long[] perChannel(Feature x) {
    return x.side() == 0 ? new long[] {x.channels()} : new long[] {x.channels(), 1, 1};
  }

  private Feature head(Feature x) {
    Feature flat = flat(x);
    Feature hidden = random.nextBoolean() ? activation(product(flat, width())) : flat;
    Feature logits = product(hidden, 5);
    return random.nextInt(3) == 0 ? layers.apply(new Softmax(-1, false), logits) : logits;
  }

  private Feature flat(Feature x) {
    return switch (random.nextInt(6)) {
      case 0 -> layers.flatten(layers.apply(new GlobalAveragePool(), x, 1));
      case 1 -> layers.apply(new ReduceMean(List.of(2, 3), false), x, 0);
      case 2 -> layers.flatten(layers.apply(new ReduceMean(List.of(-2, -1), true), x, 1));
      case 3 -> layers.flatten(x);
      case 4 -> layers.reshape(x, 0, -1);
      default -> layers.reshape(x, layers.batch().isKnown() ? 1 : -1, x.elements());
    };
  }

  private Feature product(Feature x, int out) {
    return random.nextInt(3) == 0 ? layers.matMul(x, out) : layers.gemm(x, out);
  }

  private int width() {
    return oneOf(4, 6, 8, 10, 12);
  }

  private int oneOf(int... choices) {
    return choices[random.nextInt(choices.length)];
  }

  private <T> T oneOf(List<T> choices) {
    return choices.get(random.nextInt(choices.size()));
  }
}
