package dev.capstan.torch.internal.refit;

import dev.capstan.compress.CompressedNetwork;
import dev.capstan.compress.Encoding;
import dev.capstan.graph.Graph;
import dev.capstan.graph.Node;
import dev.capstan.graph.ShapeInference;
import dev.capstan.graph.TensorType;
import dev.capstan.graph.op.Add;
import dev.capstan.space.Matrix;
import dev.capstan.torch.internal.engine.Program;
import dev.capstan.torch.internal.engine.Values;
import dev.capstan.torch.internal.tensor.Tensors;
import java.util.Map;
import java.util.Objects;
import org.bytedeco.pytorch.Tensor;
import org.jspecify.annotations.Nullable;

/**
 * What a layer of the compressed network should give: the original's output y, in the coordinates
 * of its space, {@code E^T y}. Where a sum with another value s is all that reads it, and the
 * compressed network's own s' is there already, it is {@code E^T (y + s) - s'}: the layer then
 * makes up for the error of the stream too.
 *
 * @param value the layer's output
 * @param other the other operand of the sum, null for none
 * @param encode E, null where the space keeps its channels
 */
record Target(String value, @Nullable String other, @Nullable Matrix encode) {

  /**
   * The target of a node of the original.
   *
   * @param graph the original, its nodes in the order in which they run
   * @param layer what the node belongs to: s' must be there before it
   */
  static Target of(CompressedNetwork network, Graph graph, Layer layer, Node node) {
    return new Target(
        node.output(),
        summand(graph, layer, node),
        Encoding.of(node.output(), network.spaces(), network.bases()));
  }

  private static @Nullable String summand(Graph graph, Layer layer, Node node) {
    Node sum = graph.soleReader(node.output());
    if (sum == null || !(sum.operator() instanceof Add)) {
      return null;
    }
    String other = sum.inputs().get(sum.inputs().get(0).equals(node.output()) ? 1 : 0);
    Node producer = graph.producer(other);
    boolean known = producer != null && graph.nodes().indexOf(producer) < layer.position();
    if (!known) {
      return null;
    }
    // Neither a constant, whose sum is a bias, nor anything broadcast.
    Map<String, TensorType> types = ShapeInference.of(graph);
    return Objects.equals(types.get(other), types.get(node.output())) ? other : null;
  }

  /** The rows of the target at the positions of a grid, once both networks have come so far. */
  Tensor rows(
      Program original, Values left, Program compressed, Values right, PositionSampler grid) {
    Tensor rows = grid.rows(left.get(original.slot(value)));
    if (other != null) {
      rows = rows.add(grid.rows(left.get(original.slot(other))));
    }
    if (encode != null) {
      Tensor matrix = Tensors.of(encode.values(), encode.rows(), encode.columns());
      rows = rows.matmul(matrix.to(rows.scalar_type()));
    }
    return other == null ? rows : rows.sub(grid.rows(right.get(compressed.slot(other))));
  }
}
