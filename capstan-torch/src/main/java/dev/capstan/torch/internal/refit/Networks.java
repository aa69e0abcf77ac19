package dev.capstan.torch.internal.refit;

import static java.util.Objects.requireNonNull;

import dev.capstan.graph.Constant;
import dev.capstan.graph.Graph;
import dev.capstan.graph.Node;
import dev.capstan.torch.internal.engine.Execution;
import dev.capstan.torch.internal.engine.Program;
import dev.capstan.torch.internal.engine.Step;
import dev.capstan.torch.internal.engine.Values;
import dev.capstan.torch.internal.paired.ChangedValues;
import dev.capstan.torch.internal.tensor.Tensors;
import java.util.HashMap;
import java.util.Map;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.Tensor;

/**
 * The original and the compressed network, node by node the same, and the layers of the latter that
 * were solved for. Owns their weights until closed.
 */
final class Networks implements AutoCloseable {
  /** Weights and bias that were solved for, and what applies them. */
  private record Replacement(Node node, Tensor weights, Tensor bias) {}

  final Program original;
  final Program compressed;
  private final Execution execution;
  final ChangedValues differing;
  private final Map<String, Replacement> replaced = new HashMap<>();

  Networks(Graph original, Graph compressed, Execution execution) {
    this.execution = execution;
    this.differing = differing(original, compressed);
    this.original = new Program(original, execution);
    this.compressed = new Program(compressed, execution);
  }

  /** Nodes correspond by their position: a compressed one has the operator of other widths. */
  private static ChangedValues differing(Graph original, Graph compressed) {
    Map<String, Node> others = new HashMap<>();
    for (int i = 0; i < original.nodes().size(); i++) {
      others.put(original.nodes().get(i).name(), compressed.nodes().get(i));
    }
    return new ChangedValues(
        original,
        node -> {
          Node other = requireNonNull(others.get(node.name()));
          return !node.operator().equals(other.operator())
              || !sameConstants(original, node, compressed, other);
        });
  }

  private static boolean sameConstants(Graph original, Node node, Graph compressed, Node other) {
    boolean same = node.inputs().size() == other.inputs().size();
    for (int k = 0; same && k < node.inputs().size(); k++) {
      Constant mine = original.constant(node.inputs().get(k));
      Constant others = compressed.constant(other.inputs().get(k));
      same = mine == null ? others == null : others != null && mine.sameAs(others);
    }
    return same;
  }

  /** From here on the layer has these weights. */
  void replace(Layer.Solved solved) {
    Layer layer = solved.layer();
    try (PointerScope scope = new PointerScope()) {
      Tensor weights = tensor(solved.weights());
      Tensor bias = tensor(solved.bias());
      weights.retainReference();
      bias.retainReference();
      Node node = layer.node().with(layer.form().operator());
      replaced.put(layer.node().name(), new Replacement(node, weights, bias));
    }
  }

  private Tensor tensor(Constant constant) {
    return Tensors.of(constant.floats(), constant.sizes()).to(execution.precision().storage());
  }

  /** Runs one step of the compressed network. */
  void infer(Step step, Values values) {
    Replacement replacement = replaced.get(step.node().name());
    if (replacement == null) {
      compressed.infer(step, values);
      return;
    }
    Step other =
        new Step(replacement.node(), step.inputs(), step.outputs(), step.lastUses(), false);
    Tensor input = values.get(step.inputs().get(0));
    Tensor[] operands = {input, replacement.weights(), replacement.bias()};
    values.own(step.outputs().get(0), other.execute(operands, execution.precision())[0]);
  }

  @Override
  public void close() {
    original.close();
    compressed.close();
    replaced.values().forEach(replacement -> replacement.weights().close());
    replaced.values().forEach(replacement -> replacement.bias().close());
  }
}
