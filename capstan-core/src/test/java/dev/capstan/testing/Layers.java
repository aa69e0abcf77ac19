package dev.capstan.testing;

import dev.capstan.graph.Constant;
import dev.capstan.graph.DataType;
import dev.capstan.graph.Dim;
import dev.capstan.graph.Graph;
import dev.capstan.graph.Node;
import dev.capstan.graph.Operator;
import dev.capstan.graph.Shape;
import dev.capstan.graph.TensorType;
import dev.capstan.graph.op.Add;
import dev.capstan.graph.op.Arithmetic;
import dev.capstan.graph.op.BatchNormalization;
import dev.capstan.graph.op.Concat;
import dev.capstan.graph.op.Conv;
import dev.capstan.graph.op.ConvTranspose;
import dev.capstan.graph.op.DepthToSpace;
import dev.capstan.graph.op.Einsum;
import dev.capstan.graph.op.Flatten;
import dev.capstan.graph.op.Gemm;
import dev.capstan.graph.op.MatMul;
import dev.capstan.graph.op.MaxPool;
import dev.capstan.graph.op.MaxUnpool;
import dev.capstan.graph.op.Pad;
import dev.capstan.graph.op.Reshape;
import dev.capstan.graph.op.Resize;
import dev.capstan.graph.op.Slice;
import dev.capstan.graph.op.SpaceToDepth;
import dev.capstan.graph.op.Split;
import dev.capstan.graph.op.Window;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.function.UnaryOperator;

/**
 * Builds networks with random weights, layer by layer. A layer is named by its operator and its
 * number, and so is the value it gives.
 */
public final class Layers {
  /**
   * A value that layers read.
   *
   * @param name its name
   * @param channels extent of axis 1
   * @param side extent of axes 2 and 3; 0 if there are none
   */
  public record Feature(String name, int channels, int side) {
    /** Number of elements for one input. */
    public int elements() {
      return channels * Math.max(1, side * side);
    }
  }

  private final Graph.Builder graph;
  private final SplittableRandom random;
  private final Dim batch;
  private final Feature input;
  private final Set<String> biased = new HashSet<>();
  private int count;

  /** A network over {@code channels x side x side}; its weights depend on the seed alone. */
  public Layers(String name, long seed, Dim batch, int channels, int side) {
    this.graph = Graph.builder(name);
    this.random = new SplittableRandom(seed);
    this.batch = batch;
    this.input = new Feature("x", channels, side);
    graph.input("x", type(input));
  }

  /** What the network reads. */
  public Feature input() {
    return input;
  }

  /** The batch. */
  public Dim batch() {
    return batch;
  }

  private TensorType type(Feature feature) {
    Dim channels = Dim.of(feature.channels());
    Dim side = Dim.of(feature.side());
    return new TensorType(
        DataType.FLOAT32,
        new Shape(
            feature.side() == 0 ? List.of(batch, channels) : List.of(batch, channels, side, side)));
  }

  /** A constant with elements of this scale. */
  public String constant(String name, double scale, long... sizes) {
    float[] values = new float[Math.toIntExact(Shape.of(sizes).elements())];
    for (int i = 0; i < values.length; i++) {
      values[i] = (float) (scale * random.nextDouble(-1, 1));
    }
    graph.constant(name, Constant.of(values, sizes));
    return name;
  }

  private String positive(String name, int size) {
    double[] values = random.doubles(size, 0.5, 1.5).toArray();
    float[] floats = new float[size];
    for (int i = 0; i < size; i++) {
      floats[i] = (float) values[i];
    }
    graph.constant(name, Constant.of(floats, size));
    return name;
  }

  /** Any operator that leaves the number of channels alone. */
  public Feature apply(Operator operator, Feature x, int side) {
    return node(operator, x.channels(), side, x.name());
  }

  /** Any operator applied to each element. */
  public Feature apply(Operator operator, Feature x) {
    return apply(operator, x, x.side());
  }

  private Feature node(Operator operator, int channels, int side, String... inputs) {
    String name = nextName(operator);
    count++;
    graph.node(operator, name, inputs);
    return new Feature(name, channels, side);
  }

  private String nextName(Operator operator) {
    return operator.type().toLowerCase(Locale.ROOT) + count;
  }

  /** Convolution with a bias that keeps the extents at stride 1. */
  public Feature conv(Feature x, int out, int kernel, int stride) {
    return conv(x, out, kernel, stride, 1, true);
  }

  /** Convolution. */
  public Feature conv(Feature x, int out, int kernel, int stride, int groups, boolean bias) {
    String name = "conv" + count;
    int fanIn = x.channels() / groups * kernel * kernel;
    constant(name + ".w", Math.sqrt(5.0 / fanIn), out, x.channels() / groups, kernel, kernel);
    String[] inputs =
        bias
            ? new String[] {x.name(), name + ".w", constant(name + ".b", 0.3, out)}
            : new String[] {x.name(), name + ".w"};
    if (bias) {
      biased.add(name + ".b");
    }
    return convolve(x, out, kernel, stride, groups, inputs);
  }

  /** Convolution by another one's weights, without a bias. */
  public Feature convShared(Feature x, String weights, int out, int kernel) {
    return convolve(x, out, kernel, 1, 1, x.name(), weights);
  }

  /** Convolution by the weights, and the bias if any, of one that {@link #conv} made. */
  public Feature convLike(Feature other, Feature x, int kernel, int stride, boolean depthwise) {
    int groups = depthwise ? x.channels() : 1;
    String bias = other.name() + ".b";
    String[] inputs =
        biased.contains(bias)
            ? new String[] {x.name(), other.name() + ".w", bias}
            : new String[] {x.name(), other.name() + ".w"};
    return convolve(x, other.channels(), kernel, stride, groups, inputs);
  }

  private Feature convolve(
      Feature x, int out, int kernel, int stride, int groups, String... inputs) {
    int side = (x.side() + kernel / 2 * 2 - kernel) / stride + 1;
    return node(new Conv(Window.square(kernel, stride, kernel / 2), groups), out, side, inputs);
  }

  /** Convolution of each channel by itself. */
  public Feature depthwise(Feature x, int kernel, int stride) {
    return conv(x, x.channels(), kernel, stride, x.channels(), true);
  }

  /** BatchNormalization. */
  public Feature batchNorm(Feature x) {
    String name = "batchnormalization" + count;
    return node(
        new BatchNormalization(1e-5f),
        x.channels(),
        x.side(),
        x.name(),
        positive(name + ".scale", x.channels()),
        constant(name + ".shift", 0.3, x.channels()),
        constant(name + ".mean", 0.3, x.channels()),
        positive(name + ".var", x.channels()));
  }

  /** BatchNormalization with the numbers of another one. */
  public Feature batchNormLike(Feature other, Feature x) {
    String name = other.name();
    return node(
        new BatchNormalization(1e-5f),
        x.channels(),
        x.side(),
        x.name(),
        name + ".scale",
        name + ".shift",
        name + ".mean",
        name + ".var");
  }

  /** A normalisation by what it is given, with a scale and a shift of these extents. */
  public Feature normalized(Operator operator, Feature x, long... sizes) {
    String name = nextName(operator);
    String scale = constant(name + ".scale", 1, sizes);
    String shift = constant(name + ".shift", 0.3, sizes);
    return node(operator, x.channels(), x.side(), x.name(), scale, shift);
  }

  /** Sum. */
  public Feature add(Feature a, Feature b) {
    return node(new Add(), a.channels(), a.side(), a.name(), b.name());
  }

  /** Difference. */
  public Feature difference(Feature a, Feature b) {
    return node(Arithmetic.SUB, a.channels(), a.side(), a.name(), b.name());
  }

  /** Sum with a constant of these extents. */
  public Feature addConstant(Feature x, long... sizes) {
    String name = constant("add" + count + ".c", 0.5, sizes);
    return node(new Add(), x.channels(), x.side(), x.name(), name);
  }

  /** One after the other, along channels. */
  public Feature concat(Feature... parts) {
    int channels = Arrays.stream(parts).mapToInt(Feature::channels).sum();
    String[] names = Arrays.stream(parts).map(Feature::name).toArray(String[]::new);
    return node(new Concat(1), channels, parts[0].side(), names);
  }

  /** The channels from one number on to before another. */
  public Feature slice(Feature x, int from, int to) {
    Slice part = new Slice(List.of((long) from), List.of((long) to), List.of(1), List.of(1L));
    return node(part, to - from, x.side(), x.name());
  }

  /** Parts of these numbers of channels. */
  public List<Feature> split(Feature x, int... sizes) {
    String name = "split" + count++;
    List<Feature> parts = new ArrayList<>();
    for (int i = 0; i < sizes.length; i++) {
      parts.add(new Feature(name + "." + i, sizes[i], x.side()));
    }
    Split split = new Split(1, sizes.length, Arrays.stream(sizes).mapToObj(Long::valueOf).toList());
    List<String> names = parts.stream().map(Feature::name).toList();
    graph.node(new Node(name, split, List.of(x.name()), names));
    return parts;
  }

  /** Product; the second operand may have one element a channel. */
  public Feature product(Feature a, Feature b) {
    return product(Arithmetic.MUL, a, b);
  }

  /** Any operator of two computed tensors. */
  public Feature product(Operator operator, Feature a, Feature b) {
    return node(operator, a.channels(), a.side(), a.name(), b.name());
  }

  /** Product with a constant of these extents, or another function of both. */
  public Feature withConstant(Arithmetic function, Feature x, long... sizes) {
    String name = constant(function.type().toLowerCase(Locale.ROOT) + count + ".c", 0.9, sizes);
    return node(function, x.channels(), x.side(), x.name(), name);
  }

  /** Each pixel twice along both axes, as it is or interpolated. */
  public Feature upsample(Feature x, Resize.Mode mode) {
    Resize.Sampling sampling =
        new Resize.Sampling(
            mode, Resize.Coordinates.ASYMMETRIC, Resize.Rounding.FLOOR, -0.75f, false);
    return apply(new Resize(sampling, List.of(2f, 2f), List.of()), x, 2 * x.side());
  }

  /** Four channels become one of twice the extents, which lie in a row, or apart. */
  public Feature depthToSpace(Feature x, boolean columnRow) {
    return node(new DepthToSpace(2, columnRow), x.channels() / 4, 2 * x.side(), x.name());
  }

  /** One channel becomes four of half the extents. */
  public Feature spaceToDepth(Feature x) {
    return node(new SpaceToDepth(2), 4 * x.channels(), x.side() / 2, x.name());
  }

  /** Transposed convolution that doubles the extents. */
  public Feature convTranspose(Feature x, int out, int groups) {
    String name = "convtranspose" + count;
    constant(name + ".w", Math.sqrt(5.0 / x.channels()), x.channels(), out / groups, 2, 2);
    ConvTranspose up = new ConvTranspose(Window.square(2, 2, 0), groups, List.of(0, 0), List.of());
    String bias = constant(name + ".b", 0.3, out);
    return node(up, out, 2 * x.side(), x.name(), name + ".w", bias);
  }

  /** Transposed convolution that doubles the extents, by another one's weights. */
  public Feature transposedShared(Feature x, String weights, int out) {
    ConvTranspose up = new ConvTranspose(Window.square(2, 2, 0), 1, List.of(0, 0), List.of());
    return node(up, out, 2 * x.side(), x.name(), weights);
  }

  /** The shortcut of the CIFAR ResNets: every other pixel, zeros around the channels. */
  public Feature optionA(Feature x, int channels) {
    Slice everyOther =
        new Slice(
            List.of(0L, 0L),
            List.of(Long.MAX_VALUE, Long.MAX_VALUE),
            List.of(2, 3),
            List.of(2L, 2L));
    int before = (channels - x.channels()) / 2;
    int after = channels - x.channels() - before;
    Feature half = apply(everyOther, x, (x.side() + 1) / 2);
    Pad pad = new Pad(Pad.Mode.CONSTANT, List.of(0, before, 0, 0, 0, after, 0, 0), 0);
    return node(pad, channels, half.side(), half.name());
  }

  /** All axes from channels on become one. */
  public Feature flatten(Feature x) {
    return node(new Flatten(1), x.elements(), 0, x.name());
  }

  /** The same by a Reshape. */
  public Feature reshape(Feature x, long... target) {
    Reshape reshape = new Reshape(Arrays.stream(target).boxed().toList(), false);
    return node(reshape, x.elements(), 0, x.name());
  }

  /** Fully connected. */
  public Feature gemm(Feature x, int out) {
    String name = "gemm" + count;
    constant(name + ".w", Math.sqrt(3.0 / x.channels()), out, x.channels());
    return node(Gemm.LINEAR, out, 0, x.name(), name + ".w", constant(name + ".b", 0.3, out));
  }

  /** A product of a feature and a matrix; {@code c} names the channels that it takes. */
  public Feature einsum(String equation, Feature x, int out) {
    String name = "einsum" + count;
    boolean first = equation.contains(",c");
    double scale = Math.sqrt(3.0 / x.channels());
    constant(name + ".w", scale, first ? x.channels() : out, first ? out : x.channels());
    return node(new Einsum(equation), out, x.side(), x.name(), name + ".w");
  }

  /** Fully connected, as product and sum. */
  public Feature matMul(Feature x, int out) {
    String name = "matmul" + count;
    constant(name + ".w", Math.sqrt(3.0 / x.channels()), x.channels(), out);
    return addConstant(node(new MatMul(), out, 0, x.name(), name + ".w"), out);
  }

  /** A feature pooled, changed, and put back to the places of the largest. */
  public Feature unpooled(Feature x, UnaryOperator<Feature> changed) {
    String name = "maxpool" + count++;
    Window window = Window.square(2, 2, 0);
    List<String> outputs = List.of(name, name + ".numbers");
    graph.node(new Node(name, new MaxPool(window, true), List.of(x.name()), outputs));
    Feature half = changed.apply(new Feature(name, x.channels(), x.side() / 2));
    return node(new MaxUnpool(window), x.channels(), x.side(), half.name(), outputs.get(1));
  }

  /** Gives these values to the outside. */
  public Graph outputs(Feature... features) {
    for (Feature feature : features) {
      graph.output(feature.name(), type(feature));
    }
    return graph.build();
  }
}
