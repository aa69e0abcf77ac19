package dev.capstan.torch.internal.refit;

import dev.capstan.graph.Constant;
import dev.capstan.graph.Graph;
import dev.capstan.graph.Node;
import dev.capstan.graph.TensorType;
import dev.capstan.graph.op.FixedKernel;
import dev.capstan.graph.op.Gemm;
import dev.capstan.torch.internal.tensor.Tensors;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.TensorVector;
import org.bytedeco.pytorch.global.torch;
import org.bytedeco.pytorch.global.torch.ScalarType;
import org.jspecify.annotations.Nullable;

/**
 * A layer whose weights and bias may be solved for: they are constants, and nothing else reads
 * them. Several nodes may apply them, which then follow one another ({@link UseOrder}).
 *
 * @param uses the nodes that apply them, at least one
 * @param outputs M, channels it writes
 * @param weights those it has
 * @param bias the bias it has, null for none
 * @param beta factor of that bias
 * @param activated whether activations read what it gives
 */
record Layer(
    List<Use> uses,
    int outputs,
    Constant weights,
    @Nullable Constant bias,
    float beta,
    boolean activated) {
  /**
   * A node that applies the weights.
   *
   * @param position of the node in the graph
   * @param node the compressed network's
   * @param form how its output depends on them
   */
  record Use(int position, Node node, LinearForm form) {
    static @Nullable Use of(Graph graph, Map<String, TensorType> types, int position) {
      Node node = graph.nodes().get(position);
      TensorType input = types.get(node.inputs().get(0));
      LinearForm form = input == null ? null : LinearForm.of(node.operator(), input.shape().rank());
      return form == null ? null : new Use(position, node, form);
    }

    /** Whether both apply the same weights and bias in the same way. */
    boolean isLike(Use other) {
      return form.sharesTheta(other.form)
          && operands().equals(other.operands())
          && beta(node) == beta(other.node);
    }

    /** Names of weights and bias. */
    private List<String> operands() {
      return node.inputs().subList(1, node.inputs().size());
    }
  }

  /** Copies the list. */
  Layer {
    uses = List.copyOf(uses);
  }

  /** The layer that begins at a position of a graph, null if there is none to solve for. */
  static @Nullable Layer of(Graph graph, Map<String, TensorType> types, int position) {
    Use first = Use.of(graph, types, position);
    List<Use> uses = first == null ? List.of() : uses(graph, types, first);
    Constant weights = uses.isEmpty() ? null : graph.constant(uses.get(0).node().inputs().get(1));
    if (weights == null || weights.rank() < 2) {
      return null;
    }
    Node node = uses.get(0).node();
    Constant bias = node.hasInput(2) ? graph.constant(node.inputs().get(2)) : null;
    int outputs = outputs(types, node);
    boolean activated = uses.stream().allMatch(use -> Activations.read(graph, use.node().output()));
    Layer layer = new Layer(uses, outputs, weights, bias, beta(node), activated);
    boolean solves = !FixedKernel.of(graph, node) && fits(node, bias, outputs);
    return solves && (activated || layer.isSolvable()) ? layer : null;
  }

  /** All that apply a node's weights, from its position on; none if others lie elsewhere. */
  private static List<Use> uses(Graph graph, Map<String, TensorType> types, Use first) {
    String weights = first.node().inputs().get(1);
    int count = graph.readers(weights).size();
    List<Use> uses = new ArrayList<>();
    for (int i = first.position(); i < first.position() + count; i++) {
      Use use = i < graph.nodes().size() ? Use.of(graph, types, i) : null;
      if (use == null || !use.isLike(first) || graph.isReadOutside(weights)) {
        return List.of();
      }
      uses.add(use);
    }
    return uses;
  }

  private static int outputs(Map<String, TensorType> types, Node node) {
    TensorType output = types.get(node.output());
    return output == null ? 0 : Math.toIntExact(output.shape().size(1));
  }

  /** A bias, where there is one, must be a constant of one number a channel, or one for all. */
  private static boolean fits(Node node, @Nullable Constant bias, int outputs) {
    return bias == null ? !node.hasInput(2) : bias.elements() == 1 || bias.elements() == outputs;
  }

  private static float beta(Node node) {
    return node.operator() instanceof Gemm gemm ? gemm.beta() : 1;
  }

  /** The position of its first node. */
  int position() {
    return uses.get(0).position();
  }

  /** The name of its first node. */
  String name() {
    return uses.get(0).node().name();
  }

  /** Whether one system gives all weights; else its outputs can be stretched alone. */
  boolean isSolvable() {
    return form() instanceof LinearForm.Solvable;
  }

  /** How weights and theta go over into each other, the same for all uses. */
  private LinearForm form() {
    return uses.get(0).form();
  }

  /** The rows of weights and bias as they are, (K + 1) x M in float64. */
  Tensor start() {
    Tensor theta = form().theta(Tensors.of(weights.floats(), weights.sizes()));
    Tensor row =
        bias == null
            ? theta.new_zeros(1, outputs)
            : Tensors.of(bias.floats(), bias.elements())
                .mul(new Scalar(beta))
                .reshape(1, -1)
                .expand(1, outputs);
    return torch.cat(new TensorVector(theta, row), 0).to(ScalarType.Double);
  }

  /** K, columns of its inputs. */
  long inputs() {
    return weights.elements() / outputs;
  }

  /** The layer that another one became. */
  Layer with(Solved solved) {
    List<Use> applied =
        uses.stream().map(u -> new Use(u.position(), u.node(), u.form().applied())).toList();
    return new Layer(applied, outputs, solved.weights(), solved.bias(), 1, activated);
  }

  /** This layer with other weights, and a bias in any case. */
  Solved solved(Tensor theta) {
    long inputs = theta.size(0) - 1;
    Tensor matrix = form().weights(theta.narrow(0, 0, inputs), weights.sizes());
    Tensor row = theta.narrow(0, inputs, 1);
    return new Solved(
        this,
        weights.withFloats(Tensors.floats(matrix), weights.sizes()),
        weights.withFloats(Tensors.floats(row), row.size(1)));
  }

  /**
   * What takes the place of a layer.
   *
   * @param weights in the order of the layer's form
   * @param bias one number an output channel
   */
  record Solved(Layer layer, Constant weights, Constant bias) {}
}
