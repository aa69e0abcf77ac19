package dev.capstan.torch.internal.refit;

import dev.capstan.graph.Constant;
import dev.capstan.graph.Graph;
import dev.capstan.graph.Node;
import dev.capstan.graph.Operator;
import dev.capstan.torch.internal.engine.Execution;
import dev.capstan.torch.internal.engine.Program;
import dev.capstan.torch.internal.engine.Step;
import dev.capstan.torch.internal.engine.Values;
import dev.capstan.torch.internal.kernel.Kernels;
import dev.capstan.torch.internal.paired.ChangedValues;
import dev.capstan.torch.internal.tensor.Tensors;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
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
  private final List<Tensor> owned = new ArrayList<>();

  /** Both networks, in the order in which layers can be solved for. */
  Networks(Graph original, Graph compressed, Execution execution) {
    this.execution = execution;
    Graph ordered = UseOrder.of(original);
    Graph like = UseOrder.like(ordered, compressed);
    this.differing = differing(ordered, like);
    this.original = new Program(ordered, execution);
    this.compressed = new Program(like, execution);
  }

  /** A compressed node has the name of the original's, and its operator of other widths. */
  private static ChangedValues differing(Graph original, Graph compressed) {
    return new ChangedValues(
        original,
        node -> {
          Node other = compressed.node(node.name());
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
    try (PointerScope scope = new PointerScope()) {
      Tensor weights = tensor(solved.weights());
      Tensor bias = tensor(solved.bias());
      weights.retainReference();
      bias.retainReference();
      owned.addAll(List.of(weights, bias));
      for (Layer.Use use : solved.layer().uses()) {
        Node node = use.node().with(use.form().operator());
        replaced.put(node.name(), new Replacement(node, weights, bias));
      }
    }
  }

  private Tensor tensor(Constant constant) {
    return Tensors.of(constant.floats(), constant.sizes()).to(execution.precision().storage());
  }

  /** What a layer's weights make of an input, without a bias; the caller's scope's. */
  Tensor withoutBias(Layer.Use use, Layer layer, Tensor input) {
    Operator operator = use.form().operator();
    Tensor[] operands = {input, tensor(layer.weights()), null};
    return Kernels.of(operator).run(operator, operands, execution.precision())[0];
  }

  /** Runs one step of the compressed network. */
  void infer(Step step, Values values) {
    Replacement replacement = replaced.get(step.node().name());
    if (replacement == null) {
      compressed.infer(step, values);
      return;
    }
    Step other =
        new Step(
            replacement.node(),
            step.inputs(),
            step.outputs(),
            step.lastUses(),
            Kernels.of(replacement.node().operator()),
            false);
    Tensor input = values.get(step.inputs().get(0));
    Tensor[] operands = {input, replacement.weights(), replacement.bias()};
    values.own(step.outputs().get(0), other.execute(operands, execution.precision())[0]);
  }

  @Override
  public void close() {
    original.close();
    compressed.close();
    owned.forEach(Tensor::close);
  }
}
