package dev.capstan.torch.internal.kernel;

import dev.capstan.graph.op.Einsum;
import dev.capstan.graph.op.Gemm;
import dev.capstan.graph.op.MatMul;
import dev.capstan.torch.internal.tensor.Precision;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.TensorVector;
import org.bytedeco.pytorch.global.torch;
import org.jspecify.annotations.Nullable;

/** Matrix products. */
public final class Products {
  private Products() {}

  static Tensor gemm(Gemm gemm, @Nullable Tensor[] inputs, Precision precision) {
    Tensor a = precision.operand(Kernels.operand(inputs, 0));
    Tensor b = precision.operand(Kernels.operand(inputs, 1));
    Tensor left = gemm.transA() ? a.t() : a;
    Tensor right = gemm.transB() ? b.t() : b;
    Tensor c = inputs.length > 2 ? inputs[2] : null;
    if (c != null) {
      return torch.addmm(
          precision.operand(c), left, right, new Scalar(gemm.beta()), new Scalar(gemm.alpha()));
    }
    Tensor product = torch.matmul(left, right);
    return gemm.alpha() == 1 ? product : product.mul(new Scalar(gemm.alpha()));
  }

  static Tensor matMul(MatMul operator, @Nullable Tensor[] inputs, Precision precision) {
    return torch.matmul(
        precision.operand(Kernels.operand(inputs, 0)),
        precision.operand(Kernels.operand(inputs, 1)));
  }

  static Tensor einsum(Einsum einsum, @Nullable Tensor[] inputs, Precision precision) {
    Tensor[] operands = new Tensor[inputs.length];
    for (int i = 0; i < operands.length; i++) {
      operands[i] = precision.operand(Kernels.operand(inputs, i));
    }
    return torch.einsum(einsum.equation(), new TensorVector(operands));
  }
}
