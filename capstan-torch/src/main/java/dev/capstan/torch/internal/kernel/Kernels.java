package dev.capstan.torch.internal.kernel;

import static java.util.Objects.requireNonNull;

import dev.capstan.error.InvalidInputException;
import dev.capstan.graph.Operator;
import dev.capstan.graph.op.Add;
import dev.capstan.graph.op.Arithmetic;
import dev.capstan.graph.op.AveragePool;
import dev.capstan.graph.op.BatchNormalization;
import dev.capstan.graph.op.Cast;
import dev.capstan.graph.op.Clip;
import dev.capstan.graph.op.Concat;
import dev.capstan.graph.op.Conv;
import dev.capstan.graph.op.ConvTranspose;
import dev.capstan.graph.op.DeformConv;
import dev.capstan.graph.op.DepthToSpace;
import dev.capstan.graph.op.Dropout;
import dev.capstan.graph.op.Einsum;
import dev.capstan.graph.op.Expand;
import dev.capstan.graph.op.Flatten;
import dev.capstan.graph.op.Gather;
import dev.capstan.graph.op.Gelu;
import dev.capstan.graph.op.Gemm;
import dev.capstan.graph.op.GlobalAveragePool;
import dev.capstan.graph.op.GlobalMaxPool;
import dev.capstan.graph.op.GridSample;
import dev.capstan.graph.op.GroupNormalization;
import dev.capstan.graph.op.Identity;
import dev.capstan.graph.op.InstanceNormalization;
import dev.capstan.graph.op.LayerNormalization;
import dev.capstan.graph.op.LeakyRelu;
import dev.capstan.graph.op.LocalResponseNormalization;
import dev.capstan.graph.op.LogSoftmax;
import dev.capstan.graph.op.LpPool;
import dev.capstan.graph.op.MatMul;
import dev.capstan.graph.op.MaxPool;
import dev.capstan.graph.op.MaxUnpool;
import dev.capstan.graph.op.Pad;
import dev.capstan.graph.op.Parametric;
import dev.capstan.graph.op.Pointwise;
import dev.capstan.graph.op.Reduce;
import dev.capstan.graph.op.ReduceMean;
import dev.capstan.graph.op.Relu;
import dev.capstan.graph.op.Reshape;
import dev.capstan.graph.op.Resize;
import dev.capstan.graph.op.Sigmoid;
import dev.capstan.graph.op.Slice;
import dev.capstan.graph.op.Softmax;
import dev.capstan.graph.op.SpaceToDepth;
import dev.capstan.graph.op.Split;
import dev.capstan.graph.op.Squeeze;
import dev.capstan.graph.op.Transpose;
import dev.capstan.graph.op.Unsqueeze;
import java.util.HashMap;
import java.util.Map;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;
import org.jspecify.annotations.Nullable;

/** The kernel of every operator. */
public final class Kernels {
  private static final Map<Class<? extends Operator>, Kernel<?>> TABLE = new HashMap<>();

  static {
    single(Add.class, (op, in, precision) -> torch.add(operand(in, 0), operand(in, 1)));
    single(Arithmetic.class, Broadcasts::run);
    single(BatchNormalization.class, Normalization::batch);
    single(Cast.class, Elementwise::cast);
    single(Concat.class, ShapeKernels::concat);
    single(Conv.class, Convolution::run);
    single(ConvTranspose.class, TransposedConvolution::run);
    single(DeformConv.class, Sampling::deformed);
    single(Einsum.class, Products::einsum);
    single(Gemm.class, Products::gemm);
    single(GridSample.class, Sampling::grid);
    single(GroupNormalization.class, Normalization::group);
    single(InstanceNormalization.class, Normalization::instance);
    single(LayerNormalization.class, Normalization::layer);
    single(MatMul.class, Products::matMul);
    single(MaxUnpool.class, Unpooling::run);
    single(Resize.class, Interpolation::run);
    unary(AveragePool.class, Pools::average);
    unary(Clip.class, Elementwise::clip);
    unary(DepthToSpace.class, ShapeKernels::depthToSpace);
    unary(Dropout.class, (op, x) -> new Tensor(x));
    unary(Expand.class, ShapeKernels::expand);
    unary(Flatten.class, ShapeKernels::flatten);
    unary(Gather.class, ShapeKernels::gather);
    unary(Gelu.class, (op, x) -> torch.gelu(x, op.tanh() ? "tanh" : "none"));
    unary(GlobalAveragePool.class, Pools::globalAverage);
    unary(GlobalMaxPool.class, Pools::globalMax);
    unary(Identity.class, (op, x) -> new Tensor(x));
    unary(LeakyRelu.class, (op, x) -> torch.leaky_relu(x, new Scalar(op.alpha())));
    unary(LocalResponseNormalization.class, Normalization::local);
    unary(LogSoftmax.class, Elementwise::logSoftmax);
    unary(LpPool.class, Pools::lp);
    kernel(MaxPool.class, (op, in, precision) -> Pools.max(op, operand(in, 0)));
    unary(Pad.class, ShapeKernels::pad);
    unary(Parametric.class, Functions::parametric);
    unary(Pointwise.class, Functions::pointwise);
    unary(Reduce.class, Reductions::run);
    unary(ReduceMean.class, Pools::mean);
    unary(Relu.class, (op, x) -> torch.relu(x));
    unary(Reshape.class, ShapeKernels::reshape);
    unary(Sigmoid.class, (op, x) -> torch.sigmoid(x));
    unary(Slice.class, ShapeKernels::slice);
    unary(Softmax.class, Elementwise::softmax);
    unary(SpaceToDepth.class, ShapeKernels::spaceToDepth);
    unary(Squeeze.class, ShapeKernels::squeeze);
    unary(Transpose.class, ShapeKernels::transpose);
    unary(Unsqueeze.class, ShapeKernels::unsqueeze);
    kernel(Split.class, (op, in, precision) -> ShapeKernels.split(op, operand(in, 0)));
  }

  private Kernels() {}

  private static <O extends Operator> void kernel(Class<O> type, Kernel<O> kernel) {
    TABLE.put(type, kernel);
  }

  private static <O extends Operator> void single(Class<O> type, Kernel.Single<O> kernel) {
    kernel(type, (op, in, precision) -> new Tensor[] {kernel.run(op, in, precision)});
  }

  private static <O extends Operator> void unary(Class<O> type, Kernel.Unary<O> kernel) {
    single(type, (op, in, precision) -> kernel.run(op, operand(in, 0)));
  }

  /** An operand that must be there. */
  static Tensor operand(@Nullable Tensor[] inputs, int index) {
    return requireNonNull(inputs[index], "operand");
  }

  /**
   * The kernel of an operator.
   *
   * @throws InvalidInputException if it has none
   */
  @SuppressWarnings("unchecked") // the table is filled by class and kernel of one type
  public static Kernel<Operator> of(Operator operator) {
    Kernel<?> kernel = TABLE.get(operator.getClass());
    if (kernel == null) {
      throw new InvalidInputException("operator " + operator.type() + " cannot be run");
    }
    return (Kernel<Operator>) kernel;
  }
}
