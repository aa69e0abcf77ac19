package dev.capstan.engine;

import static java.util.Objects.requireNonNull;

import dev.capstan.graph.InvalidInputException;
import dev.capstan.graph.Operator;
import dev.capstan.graph.op.Add;
import dev.capstan.graph.op.AveragePool;
import dev.capstan.graph.op.BatchNormalization;
import dev.capstan.graph.op.Clip;
import dev.capstan.graph.op.Concat;
import dev.capstan.graph.op.Conv;
import dev.capstan.graph.op.Dropout;
import dev.capstan.graph.op.Flatten;
import dev.capstan.graph.op.Gemm;
import dev.capstan.graph.op.GlobalAveragePool;
import dev.capstan.graph.op.Identity;
import dev.capstan.graph.op.LeakyRelu;
import dev.capstan.graph.op.MatMul;
import dev.capstan.graph.op.MaxPool;
import dev.capstan.graph.op.Pad;
import dev.capstan.graph.op.ReduceMean;
import dev.capstan.graph.op.Relu;
import dev.capstan.graph.op.Reshape;
import dev.capstan.graph.op.Sigmoid;
import dev.capstan.graph.op.Slice;
import dev.capstan.graph.op.Softmax;
import java.util.HashMap;
import java.util.Map;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;
import org.jspecify.annotations.Nullable;

/** The kernel of every operator. */
final class Kernels {
  private static final Map<Class<? extends Operator>, Kernel<?>> TABLE = new HashMap<>();

  static {
    single(Add.class, (op, in, precision) -> torch.add(operand(in, 0), operand(in, 1)));
    single(BatchNormalization.class, Normalization::run);
    single(Concat.class, Layouts::concat);
    single(Conv.class, Convolution::run);
    single(Gemm.class, Products::gemm);
    single(MatMul.class, Products::matMul);
    unary(AveragePool.class, Pools::average);
    unary(Clip.class, Pointwise::clip);
    unary(Dropout.class, (op, x) -> new Tensor(x));
    unary(Flatten.class, Layouts::flatten);
    unary(GlobalAveragePool.class, Pools::globalAverage);
    unary(Identity.class, (op, x) -> new Tensor(x));
    unary(LeakyRelu.class, (op, x) -> torch.leaky_relu(x, new Scalar(op.alpha())));
    unary(MaxPool.class, Pools::max);
    unary(Pad.class, Layouts::pad);
    unary(ReduceMean.class, Pools::mean);
    unary(Relu.class, (op, x) -> torch.relu(x));
    unary(Reshape.class, Layouts::reshape);
    unary(Sigmoid.class, (op, x) -> torch.sigmoid(x));
    unary(Slice.class, Layouts::slice);
    unary(Softmax.class, Pointwise::softmax);
  }

  private Kernels() {}

  private static <O extends Operator> void single(Class<O> type, Kernel.Single<O> kernel) {
    Kernel<O> whole = (op, in, precision) -> new Tensor[] {kernel.run(op, in, precision)};
    TABLE.put(type, whole);
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
  static Kernel<Operator> of(Operator operator) {
    Kernel<?> kernel = TABLE.get(operator.getClass());
    if (kernel == null) {
      throw new InvalidInputException("operator " + operator.type() + " cannot be run");
    }
    return (Kernel<Operator>) kernel;
  }
}
