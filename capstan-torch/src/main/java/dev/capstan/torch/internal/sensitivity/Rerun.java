package dev.capstan.torch.internal.sensitivity;

import dev.capstan.graph.Graph;
import dev.capstan.graph.Node;
import dev.capstan.space.Basis;
import dev.capstan.space.Binding;
import dev.capstan.space.ChannelLayout;
import dev.capstan.space.ChannelSpaces;
import dev.capstan.space.Matrix;
import dev.capstan.space.Space;
import dev.capstan.torch.internal.engine.Execution;
import dev.capstan.torch.internal.engine.Program;
import dev.capstan.torch.internal.engine.Step;
import dev.capstan.torch.internal.engine.Values;
import dev.capstan.torch.internal.learn.Projector;
import dev.capstan.torch.internal.paired.ChangedValues;
import dev.capstan.torch.internal.tensor.Tensors;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.NoGradGuard;
import org.bytedeco.pytorch.Tensor;
import org.jspecify.annotations.Nullable;

/**
 * The part of a network that lies after one space: its consumers and whatever follows them.
 *
 * <p>With a basis whose E is a selection the channels kept are the original's own, so the
 * compressed network is the original with {@code D E^T} multiplied into its consumers' weights, and
 * nothing before them need be run again. Only what makes a channel of several, as a normalization
 * of groups does, is run over those that are kept.
 */
final class Rerun {
  private final Program program;
  private final ChannelSpaces spaces;
  private final Space space;
  private final Execution execution;
  private final List<Step> steps;
  private final Set<String> frontier;

  /**
   * The part after a space.
   *
   * @param execution how it is run
   */
  Rerun(Program program, ChannelSpaces spaces, Space space, Execution execution) {
    this.program = program;
    this.spaces = spaces;
    this.space = space;
    this.execution = execution;
    ChangedValues changed =
        new ChangedValues(
            program.graph(), node -> space.consumers().contains(node.name()) || isPooled(node));
    this.steps = program.steps().stream().filter(step -> changed.gives(step.node())).toList();
    this.frontier = frontier(program.graph(), changed);
  }

  private Set<String> frontier(Graph graph, ChangedValues changed) {
    Set<String> read = new LinkedHashSet<>();
    steps.forEach(step -> read.addAll(step.node().inputs()));
    graph.outputs().forEach(output -> read.add(output.name()));
    read.removeIf(
        value -> value.isEmpty() || changed.contains(value) || graph.constant(value) != null);
    return read;
  }

  /** The original's values that it reads. */
  Set<String> frontier() {
    return frontier;
  }

  /**
   * Runs it.
   *
   * @param original the original's values, those of the frontier among them
   * @param basis whose E is a selection
   * @return outputs in the graph's order, the caller's to close
   */
  List<Tensor> run(Tensor[] images, Values original, Basis basis) {
    try (PointerScope scope = new PointerScope();
        NoGradGuard guard = new NoGradGuard();
        Values values = program.begin(images)) {
      for (String value : frontier) {
        values.put(program.slot(value), original.get(program.slot(value)));
      }
      Projector through = through(basis);
      Projector kept = kept(basis);
      for (Step step : steps) {
        if (isPooled(step.node())) {
          pool(step, values, kept);
        } else {
          run(step, values, through);
        }
        values.drop(step.lastUses());
      }
      return program.takeOutputs(values);
    }
  }

  /** Multiplies {@code D E^T}, n x n, into weights: what they read of the channels then. */
  private Projector through(Basis basis) {
    return projector(matrix(basis.decode()).matmul(matrix(basis.encode()).t()));
  }

  /** Takes the channels that are kept, and puts them back where they were. */
  private Projector kept(Basis basis) {
    return projector(matrix(basis.encode()));
  }

  private Projector projector(Tensor matrix) {
    Tensor typed = matrix.to(execution.precision().storage());
    return new Projector(spaces, Map.of(space.name(), new Projector.Pair(typed, typed)));
  }

  /** Whether channels of this space are put together by a node. */
  private boolean isPooled(Node node) {
    ChannelLayout layout = spaces.layout(node.inputs().get(0));
    return spaces.isPooling(node.name()) && layout != null && holds(layout.segments());
  }

  private boolean holds(List<ChannelLayout.Segment> segments) {
    return segments.stream().anyMatch(segment -> segment.space().equals(space.name()));
  }

  /** Runs a step over the channels that are kept; where the others were there are zeros then. */
  private void pool(Step step, Values values, Projector kept) {
    Node node = step.node();
    @Nullable Tensor[] operands = new Tensor[node.inputs().size()];
    for (int i = 0; i < operands.length; i++) {
      operands[i] = node.hasInput(i) ? few(node, i, values, kept) : null;
    }
    Tensor result = step.execute(operands, execution.precision())[0];
    ChannelLayout layout = spaces.layout(node.output());
    values.own(program.slot(node.output()), layout == null ? result : whole(result, layout, kept));
  }

  private Tensor few(Node node, int input, Values values, Projector kept) {
    String name = node.inputs().get(input);
    Tensor operand = values.get(program.slot(name));
    ChannelLayout layout = spaces.layout(name);
    return layout == null
        ? kept.apply(operand, bindings(node, input))
        : kept.encode(operand, layout);
  }

  private static Tensor whole(Tensor few, ChannelLayout layout, Projector kept) {
    try (few) {
      Tensor whole = kept.decode(few, layout);
      whole.retainReference();
      return whole;
    }
  }

  private List<Binding> bindings(Node node, int input) {
    return spaces.bindings(node.name()).stream()
        .filter(binding -> binding.input() == input && holds(binding.segments()))
        .toList();
  }

  private static Tensor matrix(Matrix matrix) {
    return Tensors.of(matrix.values(), matrix.rows(), matrix.columns());
  }

  private void run(Step step, Values values, Projector projector) {
    Map<String, List<Binding>> lent = weights(step.node());
    lent.forEach(
        (name, bindings) ->
            values.put(
                program.slot(name), projector.apply(program.constants().get(name), bindings)));
    program.infer(step, values);
    // A kernel may be shared with a node that reads other channels.
    lent.keySet().forEach(name -> values.put(program.slot(name), program.constants().get(name)));
  }

  /** The weights with which a node reads the space, and along which axes. */
  private Map<String, List<Binding>> weights(Node node) {
    return spaces.bindings(node.name()).stream()
        .filter(binding -> binding.role() == Binding.Role.DECODE && holds(binding.segments()))
        .collect(Collectors.groupingBy(binding -> node.inputs().get(binding.input())));
  }
}
