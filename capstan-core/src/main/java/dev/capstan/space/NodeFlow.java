package dev.capstan.space;

import dev.capstan.graph.ChannelFlow;
import dev.capstan.graph.Constant;
import dev.capstan.graph.Node;
import dev.capstan.graph.Operands;
import dev.capstan.graph.ShapeInference;
import dev.capstan.graph.TensorType;
import dev.capstan.space.SpaceAnalysis.BoundAxis;
import dev.capstan.space.SpaceAnalysis.ChannelAxis;
import dev.capstan.space.SpaceAnalysis.Choice;
import dev.capstan.space.SpaceAnalysis.Grouping;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/** Takes down what one node's operator says about channels. */
final class NodeFlow implements ChannelFlow {
  private final SpaceAnalysis analysis;
  private final Node node;
  private final Operands operands;
  private final Set<Integer> spokenOf = new HashSet<>();

  NodeFlow(SpaceAnalysis analysis, Node node) {
    this.analysis = analysis;
    this.node = node;
    this.operands = ShapeInference.operands(analysis.graph, analysis.types, node);
  }

  void run() {
    node.operator().channels(this);
    for (int i = 0; i < node.inputs().size(); i++) {
      if (!spokenOf.contains(i)) {
        pin(i, "read by " + node.operator().type());
      }
    }
    for (String output : node.outputs()) {
      if (!output.isEmpty() && !analysis.channelAxes.containsKey(output)) {
        analysis.original(output, node.name(), "given by " + node.operator().type());
      }
    }
  }

  @Override
  public Operands operands() {
    return operands;
  }

  @Override
  public TensorType outputType(int output) {
    TensorType type = analysis.types.get(node.outputs().get(output));
    if (type == null) {
      throw operands.error("output " + output + " has no type");
    }
    return type;
  }

  @Override
  public int axis(int input) {
    ChannelAxis channelAxis = channelAxis(input);
    return channelAxis == null ? -1 : channelAxis.axis();
  }

  @Override
  public boolean isOriginal(int input) {
    ChannelAxis channelAxis = channelAxis(input);
    return channelAxis == null
        || channelAxis.channels().stream().allMatch(c -> c.freedom() == Freedom.PINNED);
  }

  @Override
  public void consume(int input, int weight, int axis) {
    consume(input, weight, axis, 1);
  }

  @Override
  public void consume(int input, int weight, int axis, int groups) {
    spokenOf.add(input);
    spokenOf.add(weight);
    ChannelAxis channelAxis = channelAxis(input);
    if (channelAxis != null) {
      bind(weight, axis, Binding.Role.DECODE, channelAxis, groups);
    }
  }

  @Override
  public void produce(int output, int outputAxis, int width) {
    List<Channel> channels = analysis.create(node.name(), width);
    analysis.produced.computeIfAbsent(node, key -> new ArrayList<>()).addAll(channels);
    put(output, new ChannelAxis(outputAxis, List.of(new Run(channels, 1))));
  }

  @Override
  public void encode(int weight, int axis, int output) {
    encode(weight, axis, output, 1);
  }

  @Override
  public void encode(int weight, int axis, int output, int groups) {
    spokenOf.add(weight);
    ChannelAxis channelAxis = analysis.channelAxes.get(node.outputs().get(output));
    if (channelAxis != null) {
      bind(weight, axis, Binding.Role.ENCODE, channelAxis, groups);
    }
  }

  private void bind(int weight, int axis, Binding.Role role, ChannelAxis channelAxis, int groups) {
    analysis.bindings.add(new BoundAxis(node, weight, axis, role, channelAxis.runs(), groups));
  }

  @Override
  public void groupInput(int input, int groups) {
    group(channelAxis(input), groups, true, "grouped convolution");
  }

  @Override
  public void groupOutput(int output, int groups) {
    ChannelAxis given = analysis.channelAxes.get(node.outputs().get(output));
    group(given, groups, true, "grouped convolution");
  }

  @Override
  public void pool(int input, int groups, String why) {
    selectOnly(input, why);
    analysis.pooling.add(node.name());
    if (groups > 1) {
      group(channelAxis(input), groups, false, why);
    }
  }

  private void group(@Nullable ChannelAxis channelAxis, int groups, boolean alone, String why) {
    if (channelAxis != null) {
      analysis.groupings.add(new Grouping(node, channelAxis, groups, alone, why));
    }
  }

  @Override
  public void pass(int input, int output, int outputAxis) {
    passRepeated(input, output, outputAxis, 1);
  }

  @Override
  public void passRepeated(int input, int output, int outputAxis, int repeat) {
    spokenOf.add(input);
    ChannelAxis channelAxis = channelAxis(input);
    if (channelAxis != null && outputAxis >= 0) {
      put(
          output,
          new ChannelAxis(
              outputAxis, channelAxis.runs().stream().map(r -> r.times(repeat)).toList()));
    }
  }

  @Override
  public void passInTurn(int input, int output, int outputAxis, int times) {
    spokenOf.add(input);
    ChannelAxis channelAxis = channelAxis(input);
    if (channelAxis != null) {
      List<Run> all = new ArrayList<>();
      Collections.nCopies(times, channelAxis.runs()).forEach(all::addAll);
      put(output, new ChannelAxis(outputAxis, all));
    }
  }

  @Override
  public void merge(int input, int output, int outputAxis, int times, boolean inRow) {
    spokenOf.add(input);
    ChannelAxis channelAxis = channelAxis(input);
    if (channelAxis == null) {
      return;
    }
    if (channelAxis.runs().stream().anyMatch(run -> run.repeat() > 1)) {
      pin(input, "takes parts of channels");
      return;
    }
    List<Channel> merged = Channel.merge(channelAxis.channels(), times, inRow);
    put(output, new ChannelAxis(outputAxis, List.of(new Run(merged, 1))));
    analysis.merged.add(channelAxis);
  }

  @Override
  public void choose(int input, int output, int[] channels) {
    spokenOf.add(input);
    ChannelAxis channelAxis = channelAxis(input);
    if (channelAxis == null) {
      return;
    }
    if (channels.length == 0 || channelAxis.runs().stream().anyMatch(run -> run.repeat() > 1)) {
      pin(input, "takes parts of channels");
      return;
    }
    List<Channel> all = channelAxis.channels();
    List<Channel> chosen = IntStream.of(channels).mapToObj(all::get).toList();
    put(output, new ChannelAxis(channelAxis.axis(), List.of(new Run(chosen, 1))));
    analysis.choices.add(new Choice(node, channelAxis, node.outputs().get(output), channels));
  }

  @Override
  public void join(int[] inputs, int output, boolean stream) {
    ChannelAxis first = channelAxis(inputs[0]);
    for (int input : inputs) {
      spokenOf.add(input);
      if (first == null || !alike(first, channelAxis(input))) {
        for (int other : inputs) {
          pin(other, "joined with a tensor of other channels");
        }
        return;
      }
    }
    if (first != null) {
      for (int input : inputs) {
        unite(first, channelAxis(input), stream);
      }
      put(output, first);
    }
  }

  /** Whether two values have as many elements along channels, and cut them into as many. */
  private static boolean alike(ChannelAxis a, @Nullable ChannelAxis b) {
    return b != null && a.isLike(b);
  }

  private static void unite(ChannelAxis a, @Nullable ChannelAxis b, boolean stream) {
    if (b != null) {
      a.join(b);
    }
    if (stream) {
      a.channels().forEach(Channel::markStream);
    }
  }

  @Override
  public boolean sameChannels(int a, int b) {
    ChannelAxis left = channelAxis(a);
    ChannelAxis right = channelAxis(b);
    return left != null && right != null && alike(left, right) && roots(left).equals(roots(right));
  }

  private static List<Channel> roots(ChannelAxis channelAxis) {
    return channelAxis.channels().stream().map(Channel::root).toList();
  }

  @Override
  public void concatenate(int output, int axis) {
    List<Run> runs = new ArrayList<>();
    boolean complete = true;
    for (int i = 0; i < node.inputs().size(); i++) {
      spokenOf.add(i);
      ChannelAxis channelAxis = part(i, axis);
      if (channelAxis != null && channelAxis.axis() == axis) {
        runs.addAll(channelAxis.runs());
      } else {
        complete = false;
      }
    }
    if (complete) {
      put(output, new ChannelAxis(axis, runs));
    } else {
      for (int i = 0; i < node.inputs().size(); i++) {
        pin(i, "concatenated with a tensor without channels");
      }
    }
  }

  /** The channels of one of several tensors; those of a constant stay as they are. */
  private @Nullable ChannelAxis part(int input, int axis) {
    Constant constant = operands.constant(input);
    if (constant == null) {
      return channelAxis(input);
    }
    String name = node.inputs().get(input);
    return new ChannelAxis(axis, List.of(analysis.pinned(name, constant.size(axis), "constant")));
  }

  @Override
  public void ignore(int input) {
    spokenOf.add(input);
  }

  @Override
  public void selectOnly(int input, String why) {
    spokenOf.add(input);
    analysis.restrict(node.inputs().get(input), Freedom.SELECT_ONLY, why + ": " + node.name());
  }

  @Override
  public void pin(int input, String why) {
    spokenOf.add(input);
    analysis.restrict(node.inputs().get(input), Freedom.PINNED, why + ": " + node.name());
  }

  @Override
  public void pinOutput(int output, String why) {
    analysis.original(node.outputs().get(output), node.name(), why + ": " + node.name());
  }

  private @Nullable ChannelAxis channelAxis(int input) {
    return node.hasInput(input) ? analysis.channelAxes.get(node.inputs().get(input)) : null;
  }

  private void put(int output, ChannelAxis channelAxis) {
    String value = node.outputs().get(output);
    if (!value.isEmpty()) {
      analysis.channelAxes.put(value, channelAxis);
    }
  }
}
