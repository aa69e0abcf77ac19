package dev.capstan.graph.op;

import dev.capstan.graph.ChannelFlow;
import dev.capstan.graph.Dim;
import dev.capstan.graph.Operands;
import dev.capstan.graph.Operator;
import dev.capstan.graph.Shape;
import dev.capstan.graph.TensorType;
import java.util.List;

/**
 * {@code alpha * A' * B' + beta * C}, with {@code A'} and {@code B'} transposed where said.
 *
 * @param alpha factor of the product
 * @param beta factor of the summand
 * @param transA whether A is {@code K x M}
 * @param transB whether B is {@code N x K}
 */
public record Gemm(float alpha, float beta, boolean transA, boolean transB) implements Operator {
  /** Fully connected: weights are {@code out x in}. */
  public static final Gemm LINEAR = new Gemm(1, 1, false, true);

  @Override
  public List<TensorType> infer(Operands operands) {
    Shape a = operands.shapeOfRank(0, 2);
    operands.expectOneType();
    Shape b = operands.shapeOfRank(1, 2);
    Dim inner = a.dims().get(transA ? 0 : 1);
    Dim rows = b.dims().get(transB ? 1 : 0);
    if (inner.isKnown() && rows.isKnown() && !inner.equals(rows)) {
      throw operands.error(
          "expected inputs that share an axis, found %s and %s%s"
              .formatted(a, b, transB ? " transposed" : ""));
    }
    return List.of(
        operands.type(0).with(new Shape(List.of(a.dims().get(transA ? 1 : 0), columns(b)))));
  }

  private Dim columns(Shape b) {
    return b.dims().get(transB ? 0 : 1);
  }

  @Override
  public long macs(Operands operands, List<TensorType> outputs) {
    return macs(operands.shape(1), outputs.get(0).shape());
  }

  /** Each row of the output is a row times B, whichever way B lies. */
  public static long macs(Shape b, Shape output) {
    return output.size(0) * b.elements();
  }

  @Override
  public void channels(ChannelFlow flow) {
    if (transA
        || flow.constant(1) == null
        || (flow.operands().has(2) && flow.constant(2) == null)) {
      flow.pin(0, "matrix product of computed tensors");
      return;
    }
    if (flow.alongAxis(0, 1)) {
      flow.consume(0, 1, transB ? 1 : 0);
    }
    flow.produce(0, 1, Math.toIntExact(columns(flow.operands().shape(1)).size()));
    flow.encode(1, transB ? 0 : 1, 0);
    if (flow.operands().has(2)) {
      Broadcast.encode(flow, 2, 0, 1, 2);
    }
  }
}
