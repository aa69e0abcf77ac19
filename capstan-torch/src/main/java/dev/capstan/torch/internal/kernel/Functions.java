package dev.capstan.torch.internal.kernel;

import dev.capstan.graph.op.Parametric;
import dev.capstan.graph.op.Pointwise;
import java.util.EnumMap;
import java.util.Map;
import java.util.Objects;
import java.util.function.UnaryOperator;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.ScalarOptional;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;

/** Functions of one element. */
final class Functions {
  private static final Map<Pointwise, UnaryOperator<Tensor>> TABLE = new EnumMap<>(Pointwise.class);

  static {
    TABLE.put(Pointwise.ABS, torch::abs);
    TABLE.put(Pointwise.CEIL, torch::ceil);
    TABLE.put(Pointwise.COS, torch::cos);
    TABLE.put(Pointwise.ERF, torch::erf);
    TABLE.put(Pointwise.EXP, torch::exp);
    TABLE.put(Pointwise.FLOOR, torch::floor);
    TABLE.put(Pointwise.HARD_SWISH, torch::hardswish);
    TABLE.put(Pointwise.LOG, torch::log);
    TABLE.put(Pointwise.MISH, torch::mish);
    TABLE.put(Pointwise.NEG, torch::neg);
    TABLE.put(Pointwise.RECIPROCAL, torch::reciprocal);
    TABLE.put(Pointwise.ROUND, torch::round);
    TABLE.put(Pointwise.SIGN, torch::sign);
    TABLE.put(Pointwise.SIN, torch::sin);
    TABLE.put(Pointwise.SOFTPLUS, torch::softplus);
    TABLE.put(Pointwise.SOFTSIGN, x -> x.div(x.abs().add(new Scalar(1))));
    TABLE.put(Pointwise.SQRT, torch::sqrt);
    TABLE.put(Pointwise.TANH, torch::tanh);
  }

  private Functions() {}

  static Tensor pointwise(Pointwise function, Tensor x) {
    return Objects.requireNonNull(TABLE.get(function)).apply(x);
  }

  static Tensor parametric(Parametric function, Tensor x) {
    Scalar alpha = new Scalar(function.alpha());
    Scalar beta = new Scalar(function.beta());
    Scalar one = new Scalar(1f);
    return switch (function.function()) {
      case CELU -> torch.celu(x, alpha);
      case ELU -> torch.elu(x, alpha, one, one);
      case HARD_SIGMOID -> {
        ScalarOptional least = new ScalarOptional(new Scalar(0f));
        yield torch.clamp(x.mul(alpha).add(beta), least, new ScalarOptional(one));
      }
      case SELU -> torch.elu(x, alpha, beta, one);
      case SWISH -> x.mul(torch.sigmoid(x.mul(alpha)));
      case THRESHOLDED_RELU -> torch.threshold(x, alpha, new Scalar(0f));
    };
  }
}
