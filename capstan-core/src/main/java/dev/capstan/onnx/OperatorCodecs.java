package dev.capstan.onnx;

import static dev.capstan.onnx.OperatorCodec.plain;

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
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** The table of all operators: a new one is one line here. */
final class OperatorCodecs {
  private static final int MANY = Integer.MAX_VALUE;

  private static final List<Entry<?>> TABLE =
      List.of(
          new Entry<>(Add.class, 2, 2, plain(new Add())),
          new Entry<>(AveragePool.class, 1, 1, new AveragePoolCodec()),
          new Entry<>(BatchNormalization.class, 5, 5, new BatchNormalizationCodec()),
          new Entry<>(Clip.class, 1, 1, new ClipCodec()),
          new Entry<>(Concat.class, 1, MANY, new ConcatCodec()),
          new Entry<>(Conv.class, 2, 3, new ConvCodec()),
          new Entry<>(Dropout.class, 1, 1, new DropoutCodec()),
          new Entry<>(Flatten.class, 1, 1, new FlattenCodec()),
          new Entry<>(Gemm.class, 2, 3, new GemmCodec()),
          new Entry<>(GlobalAveragePool.class, 1, 1, plain(new GlobalAveragePool())),
          new Entry<>(Identity.class, 1, 1, plain(new Identity())),
          new Entry<>(LeakyRelu.class, 1, 1, new LeakyReluCodec()),
          new Entry<>(MatMul.class, 2, 2, plain(new MatMul())),
          new Entry<>(MaxPool.class, 1, 1, new MaxPoolCodec()),
          new Entry<>(Pad.class, 1, 1, new PadCodec()),
          new Entry<>(ReduceMean.class, 1, 1, new ReduceMeanCodec()),
          new Entry<>(Relu.class, 1, 1, plain(new Relu())),
          new Entry<>(Reshape.class, 1, 1, new ReshapeCodec()),
          new Entry<>(Sigmoid.class, 1, 1, plain(new Sigmoid())),
          new Entry<>(Slice.class, 1, 1, new SliceCodec()),
          new Entry<>(Softmax.class, 1, 1, new SoftmaxCodec()));

  private static final Map<String, Entry<?>> BY_TYPE =
      TABLE.stream().collect(Collectors.toMap(Entry::type, Function.identity()));

  private OperatorCodecs() {}

  /**
   * A line of the table.
   *
   * @param operator the operator's class, named as ONNX names its type
   * @param minInputs inputs it needs, those folded into it not counted
   * @param maxInputs inputs it may have
   * @param codec how it is read and written
   */
  record Entry<T extends Operator>(
      Class<T> operator, int minInputs, int maxInputs, OperatorCodec<T> codec) {
    String type() {
      return operator.getSimpleName();
    }

    void write(Operator written, NodeWriter node) {
      codec.write(operator.cast(written), node);
    }
  }

  /** The entry for an ONNX type, or null if it is not supported. */
  static @Nullable Entry<?> of(String type) {
    return BY_TYPE.get(type);
  }

  /** The entry for an operator. */
  static Entry<?> of(Operator operator) {
    Entry<?> entry = BY_TYPE.get(operator.type());
    if (entry == null || !entry.operator.isInstance(operator)) {
      throw new InvalidInputException("operator " + operator.type() + " cannot be written");
    }
    return entry;
  }
}
