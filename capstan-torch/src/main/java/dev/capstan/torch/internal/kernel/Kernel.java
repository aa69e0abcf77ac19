package dev.capstan.torch.internal.kernel;

import dev.capstan.graph.Operator;
import dev.capstan.torch.internal.tensor.Precision;
import org.bytedeco.pytorch.Tensor;
import org.jspecify.annotations.Nullable;

/**
 * How one operator runs. Differentiable: given operands that need gradients, autograd records it.
 *
 * @param <O> the operator
 */
@FunctionalInterface
public interface Kernel<O extends Operator> {
  /**
   * Applies the operator.
   *
   * @param inputs the operands, null where an optional one is left out; they stay the caller's
   * @param precision what products are computed in
   * @return one new handle an output, never one of the operands' own
   */
  Tensor[] run(O operator, @Nullable Tensor[] inputs, Precision precision);

  /** A kernel of an operator with one output. */
  @FunctionalInterface
  interface Single<O extends Operator> {
    /** Applies the operator, as {@link Kernel#run} does. */
    Tensor run(O operator, @Nullable Tensor[] inputs, Precision precision);
  }

  /** A kernel of an operator of one operand and one output, that multiplies nothing by weights. */
  @FunctionalInterface
  interface Unary<O extends Operator> {
    /** Applies the operator, as {@link Kernel#run} does. */
    Tensor run(O operator, Tensor input);
  }
}
