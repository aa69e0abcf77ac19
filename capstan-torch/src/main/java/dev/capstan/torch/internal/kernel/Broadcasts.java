package dev.capstan.torch.internal.kernel;

import dev.capstan.error.InvalidInputException;
import dev.capstan.graph.op.Arithmetic;
import dev.capstan.torch.internal.tensor.Precision;
import java.util.function.BinaryOperator;
import org.bytedeco.javacpp.BytePointer;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.StringViewOptional;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;
import org.jspecify.annotations.Nullable;

/** Functions of several elements, broadcast. */
final class Broadcasts {
  private Broadcasts() {}

  static Tensor run(Arithmetic function, @Nullable Tensor[] inputs, Precision precision) {
    return switch (function) {
      case DIV -> fold(inputs, Broadcasts::quotient);
      case MAX -> fold(inputs, torch::maximum);
      case MEAN -> fold(inputs, torch::add).div(new Scalar(inputs.length));
      case MIN -> fold(inputs, torch::minimum);
      case MUL -> fold(inputs, torch::mul);
      case POW -> fold(inputs, torch::pow);
      case PRELU -> fold(inputs, (x, slope) -> torch.where(x.gt(new Scalar(0)), x, x.mul(slope)));
      case SUB -> fold(inputs, torch::sub);
      case SUM -> fold(inputs, torch::add);
    };
  }

  private static Tensor fold(@Nullable Tensor[] inputs, BinaryOperator<Tensor> function) {
    Tensor result = new Tensor(Kernels.operand(inputs, 0));
    for (int i = 1; i < inputs.length; i++) {
      result = function.apply(result, Kernels.operand(inputs, i));
    }
    return result;
  }

  private static Tensor quotient(Tensor a, Tensor b) {
    return a.is_floating_point() || b.is_floating_point() ? torch.div(a, b) : wholeQuotient(a, b);
  }

  /**
   * The whole part. By -1 it is the negative: of the least integer that has no place, and the
   * processor ends a process that divides it.
   */
  private static Tensor wholeQuotient(Tensor a, Tensor b) {
    if (torch.any(b.eq(new Scalar(0))).item_bool()) {
      throw new InvalidInputException("whole numbers are divided by 0, which no runtime can");
    }
    Tensor byMinusOne = b.eq(new Scalar(-1));
    Tensor divisor = torch.where(byMinusOne, torch.ones_like(b), b);
    Tensor quotient = torch.div(a, divisor, new StringViewOptional(new BytePointer("trunc")));
    return torch.where(byMinusOne, a.neg(), quotient);
  }
}
