package dev.capstan.torch.internal.sensitivity;

import dev.capstan.graph.Graph;
import dev.capstan.graph.Node;
import dev.capstan.space.Basis;
import dev.capstan.space.Binding;
import dev.capstan.space.ChannelSpaces;
import dev.capstan.space.Matrix;
import dev.capstan.space.Space;
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
import org.bytedeco.pytorch.global.torch.ScalarType;

/**
 * The part of a network that lies after one space: its consumers and whatever follows them.
 *
 * <p>With a basis whose E is a selection the channels kept are the original's own, so the
 * compressed network is the original with {@code D E^T} multiplied into its consumers' weights, and
 * nothing before them need be run again.
 */
final class Rerun {
  private final Program program;
  private final ChannelSpaces spaces;
  private final Space space;
  private final ScalarType type;
  private final List<Step> steps;
  private final Set<String> frontier;

  /**
   * The part after a space.
   *
   * @param type that weights are kept in
   */
  Rerun(Program program, ChannelSpaces spaces, Space space, ScalarType type) {
    this.program = program;
    this.spaces = spaces;
    this.space = space;
    this.type = type;
    ChangedValues changed =
        new ChangedValues(program.graph(), node -> space.consumers().contains(node.name()));
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
  List<Tensor> run(Tensor images, Values original, Basis basis) {
    try (PointerScope scope = new PointerScope();
        NoGradGuard guard = new NoGradGuard();
        Values values = program.begin(images)) {
      for (String value : frontier) {
        values.put(program.slot(value), original.get(program.slot(value)));
      }
      Projector projector = projector(basis);
      for (Step step : steps) {
        run(step, values, projector);
      }
      return program.takeOutputs(values);
    }
  }

  /** Multiplies {@code D E^T}, n x n, into weights: what they read of the channels then. */
  private Projector projector(Basis basis) {
    Tensor through = matrix(basis.decode()).matmul(matrix(basis.encode()).t()).to(type);
    return new Projector(spaces, Map.of(space.name(), new Projector.Pair(through, through)));
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
    values.drop(step.lastUses());
  }

  /** The weights with which a node reads the space, and along which axes. */
  private Map<String, List<Binding>> weights(Node node) {
    return spaces.bindings(node.name()).stream()
        .filter(binding -> binding.role() == Binding.Role.DECODE)
        .filter(
            binding -> binding.segments().stream().anyMatch(s -> s.space().equals(space.name())))
        .collect(Collectors.groupingBy(binding -> node.inputs().get(binding.input())));
  }
}
