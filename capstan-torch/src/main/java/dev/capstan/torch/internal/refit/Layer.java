package dev.capstan.torch.internal.refit;

import dev.capstan.graph.Constant;
import dev.capstan.graph.FixedKernel;
import dev.capstan.graph.Graph;
import dev.capstan.graph.Node;
import dev.capstan.graph.TensorType;
import dev.capstan.graph.op.Gemm;
import dev.capstan.torch.internal.tensor.Tensors;
import java.util.Map;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.TensorVector;
import org.bytedeco.pytorch.global.torch;
import org.bytedeco.pytorch.global.torch.ScalarType;
import org.jspecify.annotations.Nullable;

/**
 * A layer whose weights and bias may be solved for: they are constants, and its own.
 *
 * @param position of the node in the graph
 * @param node the compressed network's
 * @param form how its output depends on them
 * @param outputs M, channels it writes
 * @param weights those it has
 * @param bias the bias it has, null for none
 * @param beta factor of that bias
 */
record Layer(
    int position,
    Node node,
    LinearForm form,
    int outputs,
    Constant weights,
    @Nullable Constant bias,
    float beta) {

  /** The layer at a position of a graph, null if there is none to solve for. */
  static @Nullable Layer of(Graph graph, Map<String, TensorType> types, int position) {
    Node node = graph.nodes().get(position);
    TensorType input = types.get(node.inputs().get(0));
    LinearForm form = input == null ? null : LinearForm.of(node.operator(), input.shape().rank());
    Constant weights = form == null ? null : graph.constant(node.inputs().get(1));
    Constant bias = node.hasInput(2) ? graph.constant(node.inputs().get(2)) : null;
    if (form == null || weights == null || weights.rank() < 2) {
      return null;
    }
    int outputs = outputs(types, node);
    boolean isOwn = graph.readers(node.inputs().get(1)).size() == 1;
    if (!isOwn || FixedKernel.of(graph, node) || !fits(node, bias, outputs)) {
      return null;
    }
    float beta = node.operator() instanceof Gemm gemm ? gemm.beta() : 1;
    return new Layer(position, node, form, outputs, weights, bias, beta);
  }

  private static int outputs(Map<String, TensorType> types, Node node) {
    TensorType output = types.get(node.output());
    return output == null ? 0 : Math.toIntExact(output.shape().size(1));
  }

  /** A bias, where there is one, must be a constant of one number a channel, or one for all. */
  private static boolean fits(Node node, @Nullable Constant bias, int outputs) {
    return bias == null ? !node.hasInput(2) : bias.elements() == 1 || bias.elements() == outputs;
  }

  /** The rows of weights and bias as they are, (K + 1) x M in float64. */
  Tensor start() {
    Tensor theta = form.theta(Tensors.of(weights.floats(), weights.sizes()));
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
    return new Layer(position, node, form.applied(), outputs, solved.weights(), solved.bias(), 1);
  }

  /** This layer with other weights, and a bias in any case. */
  Solved solved(Tensor theta) {
    long inputs = theta.size(0) - 1;
    Tensor matrix = form.weights(theta.narrow(0, 0, inputs), weights.sizes());
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
