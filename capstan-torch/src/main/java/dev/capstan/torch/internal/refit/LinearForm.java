package dev.capstan.torch.internal.refit;

import dev.capstan.graph.Operator;
import dev.capstan.graph.op.Conv;
import dev.capstan.graph.op.Gemm;
import dev.capstan.graph.op.MatMul;
import dev.capstan.torch.internal.kernel.Patches;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.Tensor;
import org.jspecify.annotations.Nullable;

/**
 * An operator seen as {@code Y = X Theta + 1 b^T}: one row of X for each place of an output, one
 * column of Theta for each channel.
 */
interface LinearForm {
  /** The operator that applies Theta and a bias; not the one it was where that has no bias. */
  Operator operator();

  /** This form with {@link #operator} in place of the operator it had. */
  LinearForm applied();

  /** Whether the same weights make the same Theta of another form. */
  default boolean sharesTheta(LinearForm other) {
    return equals(other);
  }

  /** Theta, K x M, as the operator that was there applies its weights. */
  Tensor theta(Tensor weights);

  /** The weights with which {@link #operator} applies Theta. */
  Tensor weights(Tensor theta, long[] sizes);

  /** One whose columns of Theta are all of the same X, so that one system gives them. */
  interface Solvable extends LinearForm {
    /** X for these inputs, at the positions of a grid. */
    Tensor rows(Tensor input, PositionSampler grid);
  }

  /**
   * The form of an operator, null if it has none.
   *
   * @param inputRank axes of its input
   */
  static @Nullable LinearForm of(Operator operator, int inputRank) {
    if (operator instanceof Conv conv) {
      return conv.groups() == 1 ? new Convolved(conv) : new Grouped(conv);
    }
    if (operator instanceof Gemm gemm && !gemm.transA()) {
      return new Product(new Gemm(1, 1, false, gemm.transB()), gemm.alpha());
    }
    boolean matrix = operator instanceof MatMul && inputRank == 2;
    return matrix ? new Product(new Gemm(1, 1, false, false), 1) : null;
  }

  /** What all convolutions have in common. */
  interface Convolution extends LinearForm {
    @Override
    Conv operator();

    @Override
    default LinearForm applied() {
      return this;
    }

    @Override
    default Tensor theta(Tensor weights) {
      return weights.reshape(weights.size(0), -1).t();
    }

    @Override
    default Tensor weights(Tensor theta, long[] sizes) {
      return theta.t().reshape(sizes);
    }
  }

  /** A convolution without groups. */
  record Convolved(Conv operator) implements Convolution, Solvable {
    /** Strides, dilations and pads only say which inputs a row has. */
    @Override
    public boolean sharesTheta(LinearForm other) {
      return other instanceof Convolved;
    }

    @Override
    public Tensor rows(Tensor input, PositionSampler grid) {
      int spatial = operator.window().rank();
      Tensor patches = grid.of(Patches.of(operator.window(), input), spatial);
      long columns = input.size(1) * operator.window().taps();
      return patches.movedim(1, 1 + spatial).reshape(-1, columns);
    }
  }

  /** A convolution in groups, each with an X of its own. */
  record Grouped(Conv operator) implements Convolution {}

  /**
   * A product with a matrix.
   *
   * @param operator what applies Theta
   * @param alpha factor of the operator that was there
   */
  record Product(Gemm operator, float alpha) implements Solvable {
    @Override
    public LinearForm applied() {
      return new Product(operator, 1);
    }

    @Override
    public Tensor rows(Tensor input, PositionSampler grid) {
      return input;
    }

    @Override
    public Tensor theta(Tensor weights) {
      return (operator.transB() ? weights.t() : weights).mul(new Scalar(alpha));
    }

    @Override
    public Tensor weights(Tensor theta, long[] sizes) {
      return operator.transB() ? theta.t() : theta;
    }
  }
}
