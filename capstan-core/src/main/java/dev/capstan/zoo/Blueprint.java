package dev.capstan.zoo;

import dev.capstan.graph.Constant;
import dev.capstan.graph.DataType;
import dev.capstan.graph.Dim;
import dev.capstan.graph.Graph;
import dev.capstan.graph.Node;
import dev.capstan.graph.Operator;
import dev.capstan.graph.Shape;
import dev.capstan.graph.TensorType;
import dev.capstan.graph.op.BatchNormalization;
import dev.capstan.graph.op.Conv;
import dev.capstan.graph.op.Flatten;
import dev.capstan.graph.op.Gemm;
import dev.capstan.graph.op.GlobalAveragePool;
import dev.capstan.graph.op.MaxPool;
import dev.capstan.graph.op.Relu;
import dev.capstan.graph.op.Window;
import dev.capstan.zoo.Parameter.Role;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * A network without its weights: nodes, and the parameters they need.
 *
 * <p>Collected layer by layer; each method adds a layer after the last one. A layer is named like
 * its module in PyTorch, and so is the value it gives.
 */
final class Blueprint {
  static final String INPUT = "input";
  static final String OUTPUT = "logits";

  /** PyTorch's default. */
  private static final float EPSILON = 1e-5f;

  private final String name;
  private final Shape input;
  private final List<Node> nodes = new ArrayList<>();
  private final List<Parameter> parameters = new ArrayList<>();
  private String last = INPUT;
  private long channels;
  private long classes;

  /** A network over RGB images of {@code side x side}. */
  Blueprint(String name, int side) {
    this.name = name;
    input = new Shape(List.of(Dim.open("N"), Dim.of(3), Dim.of(side), Dim.of(side)));
    channels = 3;
  }

  /** The value the last layer gave. */
  String last() {
    return last;
  }

  /** The number of channels of the value the last layer gave. */
  int channels() {
    return Math.toIntExact(channels);
  }

  /** What the network takes from its weights, in order. */
  List<Parameter> parameters() {
    return parameters;
  }

  /** Goes on after an earlier value. */
  Blueprint from(String value, int valueChannels) {
    last = value;
    channels = valueChannels;
    return this;
  }

  /** Convolution without a bias that keeps the extents at stride 1. */
  Blueprint conv(String layer, int outChannels, int kernel, int stride) {
    return conv(layer, outChannels, kernel, stride, last, layer + ".weight");
  }

  /** Convolution with a bias that keeps the extents. */
  Blueprint biasedConv(String layer, int outChannels, int kernel) {
    conv(layer, outChannels, kernel, 1, last, layer + ".weight", layer + ".bias");
    parameter(layer + ".bias", Role.BIAS, outChannels);
    return this;
  }

  private Blueprint conv(String layer, int outChannels, int kernel, int stride, String... inputs) {
    parameter(layer + ".weight", Role.KERNEL, outChannels, channels, kernel, kernel);
    channels = outChannels;
    return node(layer, new Conv(Window.square(kernel, stride, kernel / 2), 1), inputs);
  }

  Blueprint batchNorm(String layer) {
    return batchNorm(layer, Role.SCALE);
  }

  /** The BatchNorm at the end of a residual branch. */
  Blueprint branchNorm(String layer) {
    return batchNorm(layer, Role.BRANCH_SCALE);
  }

  private Blueprint batchNorm(String layer, Role scale) {
    String[] names = {
      layer + ".weight", layer + ".bias", layer + ".running_mean", layer + ".running_var"
    };
    parameter(names[0], scale, channels);
    parameter(names[1], Role.SHIFT, channels);
    parameter(names[2], Role.MEAN, channels);
    parameter(names[3], Role.VARIANCE, channels);
    return node(
        layer, new BatchNormalization(EPSILON), last, names[0], names[1], names[2], names[3]);
  }

  Blueprint relu(String layer) {
    return node(layer, new Relu(), last);
  }

  Blueprint maxPool(String layer, int kernel, int stride, int pad) {
    return node(layer, new MaxPool(Window.square(kernel, stride, pad)), last);
  }

  Blueprint globalAveragePool(String layer) {
    return node(layer, new GlobalAveragePool(), last);
  }

  /** A plane of {@code side x side} a channel becomes as many channels. */
  Blueprint flatten(String layer, int side) {
    channels *= (long) side * side;
    return node(layer, new Flatten(1), last);
  }

  Blueprint linear(String layer, int outChannels) {
    return linear(layer, layer, outChannels);
  }

  /** The last layer. */
  Blueprint classifier(String layer, int outChannels) {
    classes = outChannels;
    return linear(layer, OUTPUT, outChannels);
  }

  private Blueprint linear(String layer, String output, int outChannels) {
    parameter(layer + ".weight", Role.KERNEL, outChannels, channels);
    parameter(layer + ".bias", Role.BIAS, outChannels);
    channels = outChannels;
    List<String> inputs = List.of(last, layer + ".weight", layer + ".bias");
    nodes.add(new Node(layer, Gemm.LINEAR, inputs, List.of(output)));
    last = output;
    return this;
  }

  /** Any layer that keeps the number of channels and has no parameters of its own here. */
  Blueprint node(String layer, Operator operator, String... inputs) {
    nodes.add(new Node(layer, operator, List.of(inputs), List.of(layer)));
    last = layer;
    return this;
  }

  private void parameter(String parameterName, Role role, long... sizes) {
    parameters.add(new Parameter(parameterName, Shape.of(sizes), role));
  }

  /** The network with weights, which must have been checked. */
  Graph graph(Map<String, Constant> weights) {
    Graph.Builder builder = Graph.builder(name).input(INPUT, type(input)).nodes(nodes);
    weights.forEach(builder::constant);
    Shape output = new Shape(List.of(input.dims().get(0), Dim.of(classes)));
    return builder.output(OUTPUT, type(output)).build();
  }

  private static TensorType type(Shape shape) {
    return new TensorType(DataType.FLOAT32, shape);
  }
}
