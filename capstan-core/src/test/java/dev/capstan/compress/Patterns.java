package dev.capstan.compress;

import dev.capstan.graph.Dim;
import dev.capstan.graph.Graph;
import dev.capstan.graph.Metadata;
import dev.capstan.graph.op.Arithmetic;
import dev.capstan.graph.op.AveragePool;
import dev.capstan.graph.op.Gather;
import dev.capstan.graph.op.GlobalAveragePool;
import dev.capstan.graph.op.GroupNormalization;
import dev.capstan.graph.op.InstanceNormalization;
import dev.capstan.graph.op.LayerNormalization;
import dev.capstan.graph.op.MatMul;
import dev.capstan.graph.op.Pointwise;
import dev.capstan.graph.op.Reduce;
import dev.capstan.graph.op.ReduceMean;
import dev.capstan.graph.op.Relu;
import dev.capstan.graph.op.Reshape;
import dev.capstan.graph.op.Resize;
import dev.capstan.graph.op.Resize.Coordinates;
import dev.capstan.graph.op.Resize.Mode;
import dev.capstan.graph.op.Resize.Rounding;
import dev.capstan.graph.op.Resize.Sampling;
import dev.capstan.graph.op.Sigmoid;
import dev.capstan.graph.op.Slice;
import dev.capstan.graph.op.Softmax;
import dev.capstan.graph.op.Transpose;
import dev.capstan.graph.op.Unsqueeze;
import dev.capstan.graph.op.Window;
import dev.capstan.space.ChannelOrder;
import dev.capstan.testing.Layers;
import dev.capstan.testing.Layers.Feature;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;

/**
 * One tiny network for each way in which architectures lay out their channels: a stem, the pattern,
 * a layer that reads what it gives, and a classifier.
 */
final class Patterns {
  private interface Pattern {
    Feature of(Patterns patterns, Feature x);
  }

  /** The opset from which on a GroupNormalization has a scale for each channel. */
  private static final Metadata METADATA =
      new Metadata(10, Map.of("", 21L), "capstan", "", "", 0, "", "", Map.of());

  private static final Map<String, Pattern> ALL = new LinkedHashMap<>();

  static {
    ALL.put("inception", Patterns::inception);
    ALL.put("dense", Patterns::dense);
    ALL.put("split", Patterns::split);
    ALL.put("slice", Patterns::slice);
    ALL.put("overlapping-slices", Patterns::overlappingSlices);
    ALL.put("every-second", Patterns::everySecond);
    ALL.put("sum-of-halves", Patterns::sumOfHalves);
    ALL.put("twice", Patterns::twice);
    ALL.put("across-copies", Patterns::acrossCopies);
    ALL.put("sum-of-parts", Patterns::sumOfParts);
    ALL.put("squeeze-excite", Patterns::squeezeExcite);
    ALL.put("squeeze-excite-linear", Patterns::squeezeExciteLinear);
    ALL.put("swish", Patterns::swish);
    ALL.put("depthwise", Patterns::depthwise);
    ALL.put("depthwise-multiplier", Patterns::depthwiseMultiplier);
    ALL.put("grouped", Patterns::grouped);
    ALL.put("grouped-concat", Patterns::groupedConcat);
    ALL.put("u-net", Patterns::uNet);
    ALL.put("pixel-shuffle", Patterns::pixelShuffle);
    ALL.put("depth-to-space", Patterns::depthToSpace);
    ALL.put("depth-to-space-in-parts", Patterns::depthToSpaceInParts);
    ALL.put("space-to-depth", Patterns::spaceToDepth);
    ALL.put("transposed-groups", Patterns::transposedGroups);
    ALL.put("pyramid", Patterns::pyramid);
    ALL.put("unpool", Patterns::unpool);
    ALL.put("shared", Patterns::shared);
    ALL.put("shuffle", Patterns::shuffle);
    ALL.put("shuffle-units", Patterns::shuffleUnits);
    ALL.put("shuffle-between-groups", Patterns::shuffleBetweenGroups);
    ALL.put("channels-last", Patterns::channelsLast);
    ALL.put("channels-last-exit", Patterns::channelsLastExit);
    ALL.put("channels-last-flattened", Patterns::channelsLastFlattened);
    ALL.put("unflattened", Patterns::unflattened);
    ALL.put("global-context", Patterns::globalContext);
    ALL.put("chosen-of-a-stack", Patterns::chosenOfAStack);
    ALL.put("split-attention", Patterns::splitAttention);
    ALL.put("grouped-copies", Patterns::groupedCopies);
    ALL.put("constant-part", Patterns::constantPart);
    ALL.put("group-norm", Patterns::groupNorm);
    ALL.put("group-norm-reshaped", Patterns::groupNormReshaped);
    ALL.put("group-norm-of-parts", Patterns::groupNormOfParts);
    ALL.put("instance-norm", Patterns::instanceNorm);
    ALL.put("layer-norm", Patterns::layerNorm);
    ALL.put("layer-norm-spelled-out", Patterns::layerNormSpelledOut);
    ALL.put("matrix-by-names", Patterns::matrixByNames);
  }

  private final Layers net = new Layers("net", 1, Dim.of(1), 3, 8);
  private final List<Feature> heads = new ArrayList<>();
  private final boolean linear;

  private Patterns(boolean linear) {
    this.linear = linear;
  }

  /** The names of all patterns. */
  static Set<String> names() {
    return ALL.keySet();
  }

  /**
   * A network.
   *
   * @param linear whether activations are left out
   */
  static Graph of(String name, boolean linear) {
    return ChannelOrder.apply(original(name, linear));
  }

  /** The same as an export gives it, with its channels not in order yet. */
  static Graph original(String name, boolean linear) {
    return new Patterns(linear).graph(Objects.requireNonNull(ALL.get(name)));
  }

  private Graph graph(Pattern pattern) {
    Feature stem = relu(net.conv(net.input(), 8, 3, 1));
    Feature read = relu(net.conv(pattern.of(this, stem), 6, 3, 1));
    Feature pooled = net.apply(new AveragePool(Window.square(2, 2, 0), false), read, 4);
    heads.add(net.gemm(net.flatten(pooled), 5));
    Graph graph = net.outputs(heads.toArray(Feature[]::new));
    return graph.edit().metadata(METADATA).build();
  }

  private Feature relu(Feature x) {
    return linear ? x : net.apply(new Relu(), x);
  }

  /** Branches side by side, one of them concatenated again. */
  private Feature inception(Feature x) {
    Feature inner = net.concat(relu(net.conv(x, 4, 1, 1)), relu(net.conv(x, 6, 3, 1)));
    return net.concat(relu(net.conv(x, 4, 1, 1)), inner);
  }

  /** Every layer reads all before it. */
  private Feature dense(Feature x) {
    Feature two = net.concat(x, net.conv(relu(x), 4, 3, 1));
    Feature three = net.concat(two, net.conv(relu(two), 4, 3, 1));
    return net.concat(three, net.conv(relu(three), 4, 3, 1));
  }

  /** Half of the channels pass by (CSPNet); the parts have different sizes. */
  private Feature split(Feature x) {
    List<Feature> parts = net.split(net.conv(x, 12, 1, 1), 8, 4);
    Feature changed = relu(net.conv(parts.get(0), 8, 3, 1));
    return net.concat(net.add(parts.get(0), changed), parts.get(1));
  }

  /** The same by slices, and a layer that reads all. */
  private Feature slice(Feature x) {
    Feature left = relu(net.conv(net.slice(x, 0, 3), 4, 3, 1));
    Feature right = relu(net.conv(net.slice(x, 3, 8), 4, 3, 1));
    return net.concat(left, net.conv(x, 4, 1, 1), right);
  }

  /** Some channels are read by both. */
  private Feature overlappingSlices(Feature x) {
    Feature left = relu(net.conv(net.slice(x, 0, 5), 4, 3, 1));
    return net.concat(left, relu(net.conv(net.slice(x, 3, 8), 4, 3, 1)));
  }

  /** Every second channel: left alone. */
  private Feature everySecond(Feature x) {
    Slice second = new Slice(List.of(0L), List.of(8L), List.of(1), List.of(2L));
    return new Feature(net.apply(second, x).name(), 4, x.side());
  }

  /** The halves of one tensor must share their basis. */
  private Feature sumOfHalves(Feature x) {
    return net.concat(net.add(net.slice(x, 0, 4), net.slice(x, 4, 8)), net.conv(x, 4, 1, 1));
  }

  /** The same channels side by side. */
  private Feature twice(Feature x) {
    return net.concat(x, relu(x));
  }

  /** Every channel once, by turns from one copy and the other: left alone. */
  private Feature acrossCopies(Feature x) {
    Feature copies = net.concat(x, net.apply(new Sigmoid(), x));
    Gather turns = Gather.along(1, new int[] {0, 9, 2, 11, 4, 13, 6, 15});
    return new Feature(net.apply(turns, copies).name(), 8, x.side());
  }

  /** A sum whose sides are cut differently. */
  private Feature sumOfParts(Feature x) {
    Feature left = net.concat(net.conv(x, 4, 1, 1), net.conv(x, 6, 3, 1));
    Feature right = net.concat(net.conv(x, 7, 1, 1), net.conv(x, 3, 3, 1));
    return relu(net.add(left, right));
  }

  /** A factor for each channel, of convolutions. */
  private Feature squeezeExcite(Feature x) {
    Feature y = relu(net.conv(x, 8, 3, 1));
    Feature squeezed = relu(net.conv(net.apply(new GlobalAveragePool(), y, 1), 4, 1, 1));
    return net.product(y, net.apply(new Sigmoid(), net.conv(squeezed, 8, 1, 1)));
  }

  /** The same of fully connected layers, whose output is given spatial axes. */
  private Feature squeezeExciteLinear(Feature x) {
    Feature y = relu(net.conv(x, 8, 3, 1));
    Feature pooled = net.flatten(net.apply(new GlobalAveragePool(), y, 1));
    Feature gate = net.apply(new Sigmoid(), net.gemm(relu(net.gemm(pooled, 4)), 8));
    Reshape planes = new Reshape(List.of(-1L, 8L, 1L, 1L), false);
    return net.product(y, net.apply(planes, gate, 1));
  }

  /** {@code x * sigmoid(x)}: a function of one element, not a product of two tensors. */
  private Feature swish(Feature x) {
    Feature y = net.conv(x, 8, 3, 1);
    return linear ? y : net.product(y, net.apply(new Sigmoid(), y));
  }

  /** Inverted residual with a depthwise convolution. */
  private Feature depthwise(Feature x) {
    Feature wide = relu(net.depthwise(relu(net.conv(x, 12, 1, 1)), 3, 1));
    return net.add(net.conv(wide, 8, 1, 1), x);
  }

  /** Each channel gives two. */
  private Feature depthwiseMultiplier(Feature x) {
    Feature y = relu(net.conv(x, 6, 1, 1));
    return relu(net.conv(y, 12, 3, 1, 6, true));
  }

  /** A bottleneck in groups (ResNeXt). */
  private Feature grouped(Feature x) {
    Feature inner = relu(net.conv(relu(net.conv(x, 8, 1, 1)), 16, 3, 1, 4, true));
    return relu(net.add(net.conv(inner, 8, 1, 1), x));
  }

  /** Groups that end inside of a space cannot keep equally many. */
  private Feature groupedConcat(Feature x) {
    Feature both = net.concat(net.conv(x, 6, 1, 1), net.conv(x, 2, 1, 1));
    return relu(net.conv(both, 8, 3, 1, 2, true));
  }

  /** Down, up by a transposed convolution, and beside what was there before (U-Net). */
  private Feature uNet(Feature x) {
    Feature down = relu(net.conv(x, 12, 3, 2));
    return net.concat(relu(net.convTranspose(down, 8, 1)), x);
  }

  /** Upwards in super-resolution: each channel out of four that lie in a row. */
  private Feature pixelShuffle(Feature x) {
    Feature down = relu(net.conv(x, 6, 3, 2));
    return net.concat(relu(net.depthToSpace(relu(net.conv(down, 24, 3, 1)), true)), x);
  }

  /** Each channel out of four that lie apart, one of a sum. */
  private Feature depthToSpace(Feature x) {
    Feature down = relu(net.conv(x, 6, 3, 2));
    Feature wide = net.add(net.conv(down, 24, 3, 1), net.conv(x, 24, 3, 2));
    return relu(net.depthToSpace(wide, false));
  }

  /** Of what becomes pixels, a layer reads a part that is no channel. */
  private Feature depthToSpaceInParts(Feature x) {
    Feature wide = relu(net.conv(relu(net.conv(x, 6, 3, 2)), 24, 3, 1));
    heads.add(net.conv(net.slice(wide, 2, 10), 3, 1, 1));
    return net.depthToSpace(wide, true);
  }

  /** Blocks of pixels become channels, which a layer reads (YOLO's first one). */
  private Feature spaceToDepth(Feature x) {
    Feature deep = net.spaceToDepth(relu(net.conv(x, 6, 3, 1)));
    return net.upsample(relu(net.conv(deep, 6, 3, 1)), Resize.Mode.NEAREST);
  }

  /** Upwards in groups. */
  private Feature transposedGroups(Feature x) {
    return relu(net.convTranspose(relu(net.conv(x, 8, 3, 2)), 12, 2));
  }

  /** Pooled, and put back where the largest were (SegNet). */
  private Feature unpool(Feature x) {
    return net.unpooled(x, half -> net.conv(relu(net.conv(half, 12, 3, 1)), x.channels(), 1, 1));
  }

  /** A pyramid: sums of stages, upwards, with a head on each (FPN). */
  private Feature pyramid(Feature x) {
    Feature half = relu(net.conv(x, 12, 3, 2));
    Feature top = net.conv(half, 6, 1, 1);
    Sampling nearest = new Sampling(Mode.NEAREST, Coordinates.ASYMMETRIC, Rounding.FLOOR, 0, false);
    Feature up = net.apply(new Resize(nearest, List.of(2f, 2f), List.of()), top, x.side());
    heads.add(net.conv(relu(top), 3, 3, 1));
    return net.add(net.conv(x, 6, 1, 1), up);
  }

  /** One kernel over two tensors. */
  private Feature shared(Feature x) {
    String kernel = net.constant("shared", 0.5, 6, 8, 3, 3);
    Feature left = relu(net.convShared(x, kernel, 6, 3));
    return net.concat(left, relu(net.convShared(relu(net.conv(x, 8, 1, 1)), kernel, 6, 3)));
  }

  /** Two groups of channels are dealt out. */
  private Feature shuffle(Feature x) {
    return dealt(relu(net.conv(x, 8, 1, 1)));
  }

  /** Each unit changes half of the channels and passes the other on (ShuffleNet V2). */
  private Feature shuffleUnits(Feature x) {
    return shuffleUnit(shuffleUnit(x));
  }

  private Feature shuffleUnit(Feature x) {
    List<Feature> halves = net.split(x, 4, 4);
    Feature inner = net.depthwise(relu(net.conv(halves.get(1), 6, 1, 1)), 3, 1);
    return dealt(net.concat(halves.get(0), relu(net.conv(inner, 4, 1, 1))));
  }

  /** Each group of a layer reads of each group of the one before (ShuffleNet V1). */
  private Feature shuffleBetweenGroups(Feature x) {
    Feature dealt = dealt(relu(net.conv(x, 8, 1, 1, 2, true)));
    return net.add(net.conv(net.depthwise(dealt, 3, 1), 8, 1, 1, 2, true), x);
  }

  private Feature dealt(Feature x) {
    Feature cut = net.apply(new Reshape(List.of(-1L, 2L, 4L, 8L, 8L), false), x);
    Feature turned = net.apply(new Transpose(List.of(0, 2, 1, 3, 4)), cut);
    return net.apply(new Reshape(List.of(-1L, 8L, 8L, 8L), false), turned);
  }

  /** Channels go last and come back, with a layer between (tf2onnx). */
  private Feature channelsLast(Feature x) {
    Feature y = relu(net.conv(x, 8, 3, 1));
    Feature last = relu(net.apply(new Transpose(List.of(0, 2, 3, 1)), y));
    return net.conv(net.apply(new Transpose(List.of(0, 3, 1, 2)), last), 6, 3, 1);
  }

  /** Pooled, channels go last, and the axes of extent 1 between are dropped (tf2onnx). */
  private Feature channelsLastExit(Feature x) {
    Feature pooled = net.apply(new GlobalAveragePool(), relu(net.conv(x, 6, 3, 1)), 1);
    Feature last = net.apply(new Transpose(List.of(0, 2, 3, 1)), pooled);
    Feature rows = net.apply(new Reshape(List.of(1L, -1L), false), last, 0);
    heads.add(net.gemm(rows, 3));
    return x;
  }

  /** Channels go last, and all axes become one with them (tf2onnx). */
  private Feature channelsLastFlattened(Feature x) {
    Feature half = relu(net.conv(x, 6, 3, 2));
    Feature last = net.apply(new Transpose(List.of(0, 2, 3, 1)), half);
    Feature rows = net.apply(new Reshape(List.of(1L, -1L), false), last, 0);
    heads.add(net.gemm(new Feature(rows.name(), half.elements(), 0), 3));
    return x;
  }

  /** A row becomes planes, as decoders begin. */
  private Feature unflattened(Feature x) {
    Feature row = relu(net.gemm(net.flatten(x), 6 * 64));
    Feature planes = net.apply(new Reshape(List.of(1L, 6L, 8L, 8L), false), row, 8);
    return net.add(x, net.conv(new Feature(planes.name(), 6, 8), 8, 1, 1));
  }

  /** The mean of all pixels by weights that are computed, added to each (GCNet). */
  private Feature globalContext(Feature x) {
    Feature y = relu(net.conv(x, 8, 3, 1));
    Feature weights = net.apply(new Reshape(List.of(1L, 64L, 1L), false), net.conv(y, 1, 1, 1));
    Feature pixels = net.apply(new Reshape(List.of(1L, -1L, 64L), false), y);
    Feature mean = net.product(new MatMul(), pixels, net.apply(new Softmax(1, false), weights));
    Feature plane = net.apply(new Reshape(List.of(1L, -1L, 1L, 1L), false), mean, 1);
    return net.add(y, net.conv(relu(net.conv(plane, 4, 1, 1)), 8, 1, 1));
  }

  /** Branches weighed by one of a stack of rows that adds up to one (SKNet). */
  private Feature chosenOfAStack(Feature x) {
    Feature left = relu(net.conv(x, 8, 3, 1));
    Feature right = relu(net.conv(x, 8, 1, 1));
    Feature pooled = net.apply(new GlobalAveragePool(), net.add(left, right), 1);
    Feature row = relu(net.gemm(net.flatten(pooled), 4));
    Unsqueeze stacked = new Unsqueeze(List.of(1));
    Feature both =
        net.concat(net.apply(stacked, net.gemm(row, 8)), net.apply(stacked, net.gemm(row, 8)));
    Feature shares = net.apply(new Softmax(1, false), both);
    return net.add(weighed(left, shares, 0), weighed(right, shares, 1));
  }

  private Feature weighed(Feature x, Feature shares, long index) {
    Feature row = net.apply(new Gather(1, List.of(index), false), shares, 0);
    return net.product(x, net.apply(new Unsqueeze(List.of(2, 3)), new Feature(row.name(), 8, 1)));
  }

  /** Halves of a grouped convolution weighed by shares of each channel that add up (ResNeSt). */
  private Feature splitAttention(Feature x) {
    Feature both = relu(net.conv(x, 16, 3, 1, 2, true));
    Feature cut = net.apply(new Reshape(List.of(-1L, 2L, 8L, 8L, 8L), false), both);
    Feature sum = net.apply(new Reduce(Reduce.Function.SUM, List.of(1), false), cut);
    Feature pooled = net.apply(new GlobalAveragePool(), new Feature(sum.name(), 8, 8), 1);
    Feature scores = net.conv(relu(net.conv(pooled, 4, 1, 1)), 16, 1, 1);
    Feature shares =
        net.apply(
            new Softmax(1, false),
            net.apply(new Reshape(List.of(-1L, 2L, 8L, 1L, 1L), false), scores));
    Feature chosen =
        net.apply(new Reduce(Reduce.Function.SUM, List.of(1), false), net.product(cut, shares));
    return net.add(x, net.conv(new Feature(chosen.name(), 8, 8), 8, 1, 1));
  }

  /** A grouped convolution whose groups are halves of one tensor that it reads twice. */
  private Feature groupedCopies(Feature x) {
    Feature y = relu(net.conv(x, 8, 1, 1));
    return net.add(x, net.conv(net.conv(net.concat(y, y), 16, 3, 1, 4, true), 8, 1, 1));
  }

  /** Channels of a constant come beside others. */
  private Feature constantPart(Feature x) {
    return net.concat(net.conv(x, 4, 3, 1), new Feature(net.constant("part", 1, 1, 2, 8, 8), 2, 8));
  }

  private Feature residual(Feature x, Feature normalized) {
    return net.add(net.conv(relu(normalized), 8, 3, 1), x);
  }

  /** As many channels of each group (BiT); scale and shift of each channel. */
  private Feature groupNorm(Feature x) {
    Feature y = net.conv(x, 8, 3, 1);
    Feature one = residual(y, net.normalized(new GroupNormalization(1e-5f, 4, false), y, 8));
    return residual(one, net.normalized(new GroupNormalization(1e-5f, 2, false), one, 8));
  }

  /** The same as PyTorch exports it: scale and shift of each group, then of each channel. */
  private Feature groupNormReshaped(Feature x) {
    Feature y = net.conv(x, 8, 3, 1);
    Feature unit = net.normalized(new GroupNormalization(1e-5f, 4, true), y, 4);
    Feature scaled = net.withConstant(Arithmetic.MUL, unit, 8, 1, 1);
    return relu(net.addConstant(scaled, 8, 1, 1));
  }

  /** Two groups over three spaces: left alone; one group over them all: each chosen among. */
  private Feature groupNormOfParts(Feature x) {
    Feature two = net.concat(net.conv(x, 4, 1, 1), net.conv(x, 6, 3, 1), net.conv(x, 2, 3, 1));
    Feature one = relu(net.normalized(new GroupNormalization(1e-5f, 2, false), two, 12));
    Feature all = net.concat(net.conv(one, 4, 1, 1), net.conv(one, 6, 3, 1));
    return relu(net.normalized(new GroupNormalization(1e-5f, 1, false), all, 10));
  }

  /** Each channel a group of its own. */
  private Feature instanceNorm(Feature x) {
    Feature y = net.normalized(new InstanceNormalization(1e-5f), net.conv(x, 6, 3, 1), 6);
    Feature z = net.normalized(new GroupNormalization(1e-5f, 6, true), net.conv(y, 6, 3, 1), 6);
    return relu(z);
  }

  /** All channels of a pixel, which go last for it (ConvNeXt). */
  private Feature layerNorm(Feature x) {
    Feature last = net.apply(new Transpose(List.of(0, 2, 3, 1)), net.depthwise(x, 3, 1));
    Feature unit = net.normalized(new LayerNormalization(-1, 1e-5f), last, 8);
    return residual(x, net.apply(new Transpose(List.of(0, 3, 1, 2)), unit));
  }

  /** The same of means and differences. */
  private Feature layerNormSpelledOut(Feature x) {
    Feature y = net.conv(x, 6, 3, 1);
    ReduceMean mean = new ReduceMean(List.of(1), true);
    Feature centred = net.difference(y, net.apply(mean, y));
    Feature variance = net.apply(mean, net.product(centred, centred));
    Feature deviation = net.apply(Pointwise.SQRT, net.addConstant(variance, 1));
    Feature unit = net.product(Arithmetic.DIV, centred, deviation);
    return relu(net.withConstant(Arithmetic.MUL, unit, 6, 1, 1));
  }

  private Feature matrixByNames(Feature x) {
    Feature hidden = relu(net.einsum("bchw,cd->bdhw", x, 12));
    return relu(net.einsum("bchw,dc->bdhw", hidden, 8));
  }
}
