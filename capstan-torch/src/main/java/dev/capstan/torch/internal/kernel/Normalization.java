package dev.capstan.torch.internal.kernel;

import dev.capstan.graph.Shape;
import dev.capstan.graph.op.BatchNormalization;
import dev.capstan.graph.op.GroupNormalization;
import dev.capstan.graph.op.InstanceNormalization;
import dev.capstan.graph.op.LayerNormalization;
import dev.capstan.graph.op.LocalResponseNormalization;
import dev.capstan.torch.internal.tensor.Precision;
import dev.capstan.torch.internal.tensor.Tensors;
import java.util.Arrays;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.TensorOptional;
import org.bytedeco.pytorch.global.torch;
import org.jspecify.annotations.Nullable;

/** Normalizations. */
final class Normalization {
  /** Has no effect where statistics are not updated. */
  private static final double NO_MOMENTUM = 0;

  private Normalization() {}

  static Tensor batch(BatchNormalization op, @Nullable Tensor[] inputs, Precision precision) {
    return torch.batch_norm(
        Kernels.operand(inputs, 0),
        parameter(inputs, 1),
        parameter(inputs, 2),
        parameter(inputs, 3),
        parameter(inputs, 4),
        false,
        NO_MOMENTUM,
        op.epsilon(),
        false);
  }

  static Tensor instance(InstanceNormalization op, @Nullable Tensor[] inputs, Precision precision) {
    Tensor x = widened(inputs);
    TensorOptional none = new TensorOptional();
    TensorOptional scale = parameter(inputs, 1);
    TensorOptional shift = parameter(inputs, 2);
    return torch.instance_norm(x, scale, shift, none, none, true, NO_MOMENTUM, op.epsilon(), false);
  }

  static Tensor group(GroupNormalization op, @Nullable Tensor[] inputs, Precision precision) {
    Tensor x = widened(inputs);
    long each = op.perGroup() ? x.size(1) / op.groups() : 1;
    Tensor scale = Kernels.operand(inputs, 1).repeat_interleave(each);
    Tensor shift = Kernels.operand(inputs, 2).repeat_interleave(each);
    return torch.group_norm(
        x, op.groups(), new TensorOptional(scale), new TensorOptional(shift), op.epsilon(), false);
  }

  static Tensor layer(LayerNormalization op, @Nullable Tensor[] inputs, Precision precision) {
    Tensor x = widened(inputs);
    Shape shape = Tensors.shape(x);
    int axis = shape.axis(op.axis());
    long[] inner = Arrays.copyOfRange(shape.sizes(), axis, shape.rank());
    TensorOptional none = new TensorOptional();
    Tensor unit = torch.layer_norm(x, inner, none, none, op.epsilon(), false);
    Tensor scaled = unit.mul(Kernels.operand(inputs, 1));
    return inputs.length > 2 ? torch.add(scaled, Kernels.operand(inputs, 2)) : scaled;
  }

  static Tensor local(LocalResponseNormalization op, Tensor x) {
    long before = (op.size() - 1) / 2;
    long[] margin = new long[2 * (int) (x.dim() - 1)];
    margin[margin.length - 2] = before;
    margin[margin.length - 1] = op.size() - 1 - before;
    Tensor squares = torch.constant_pad_nd(x.square(), margin, new Scalar(0f));
    Tensor sum = squares.unfold(1, op.size(), 1).sum(-1);
    Tensor norm = sum.mul(new Scalar(op.alpha() / op.size())).add(new Scalar(op.bias()));
    return x.div(norm.pow(new Scalar(op.beta())));
  }

  /** Means and variances are computed in the type that the parameters are kept in. */
  private static Tensor widened(@Nullable Tensor[] inputs) {
    return Kernels.operand(inputs, 0).to(Kernels.operand(inputs, 1).scalar_type());
  }

  private static TensorOptional parameter(@Nullable Tensor[] inputs, int index) {
    return new TensorOptional(Kernels.operand(inputs, index));
  }
}
