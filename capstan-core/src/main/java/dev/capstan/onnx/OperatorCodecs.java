package dev.capstan.onnx;

import static dev.capstan.onnx.OperatorCodec.plain;

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
import dev.capstan.graph.op.Opaque;
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
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/** The table of all operators: a new one is one line here. */
final class OperatorCodecs {
  private static final int MANY = Integer.MAX_VALUE;

  private static final Map<String, Entry<?>> TABLE = new HashMap<>();

  /**
   * Operators that came with an opset above the first that is read: ONNX Runtime knows them from
   * there on, but LayerNormalization and ThresholdedRelu always.
   */
  private static final Map<String, Long> FIRST_OPSETS =
      Map.ofEntries(
          Map.entry("Celu", 12L),
          Map.entry("DeformConv", 19L),
          Map.entry("Einsum", 12L),
          Map.entry("Erf", 9L),
          Map.entry("Expand", 8L),
          Map.entry("Gelu", 20L),
          Map.entry("GridSample", 16L),
          Map.entry("GroupNormalization", 18L),
          Map.entry("HardSwish", 14L),
          Map.entry("MaxUnpool", 9L),
          Map.entry("Mish", 18L),
          Map.entry("Resize", 10L),
          Map.entry("Round", 11L),
          Map.entry("Sign", 9L),
          Map.entry("Swish", 24L));

  static {
    add(Add.class, 2, 2, plain(new Add()));
    add(AveragePool.class, 1, 1, new AveragePoolCodec());
    add(BatchNormalization.class, 5, 5, new BatchNormalizationCodec());
    add(Cast.class, 1, 1, new CastCodec());
    add(Clip.class, 1, 1, new ClipCodec());
    add(Concat.class, 1, MANY, new ConcatCodec());
    add(Conv.class, 2, 3, new ConvCodec());
    add(ConvTranspose.class, 2, 3, new ConvTransposeCodec());
    add(DeformConv.class, 3, 5, new DeformConvCodec());
    add(DepthToSpace.class, 1, 1, new DepthToSpaceCodec());
    add(Dropout.class, 1, 1, new DropoutCodec());
    add(Einsum.class, 1, MANY, new EinsumCodec());
    add(Expand.class, 1, 1, new ExpandCodec());
    add(Flatten.class, 1, 1, new FlattenCodec());
    add(Gather.class, 1, 1, new GatherCodec());
    add(Gelu.class, 1, 1, new GeluCodec());
    add(Gemm.class, 2, 3, new GemmCodec());
    add(GlobalAveragePool.class, 1, 1, plain(new GlobalAveragePool()));
    add(GlobalMaxPool.class, 1, 1, plain(new GlobalMaxPool()));
    add(GridSample.class, 2, 2, new GridSampleCodec());
    add(GroupNormalization.class, 3, 3, new GroupNormalizationCodec());
    add(Identity.class, 1, 1, plain(new Identity()));
    add(InstanceNormalization.class, 3, 3, new InstanceNormalizationCodec());
    add(LayerNormalization.class, 2, 3, new LayerNormalizationCodec());
    add(LeakyRelu.class, 1, 1, new LeakyReluCodec());
    add(LogSoftmax.class, 1, 1, new DistributionCodec<>(LogSoftmax::new));
    add(LpPool.class, 1, 1, new LpPoolCodec());
    add(MatMul.class, 2, 2, plain(new MatMul()));
    add(MaxPool.class, 1, 1, new MaxPoolCodec());
    add(MaxUnpool.class, 2, 2, new MaxUnpoolCodec());
    add(Pad.class, 1, 1, new PadCodec());
    add(ReduceMean.class, 1, 1, new ReductionCodec<>(ReduceMean::new, 18));
    add(Relu.class, 1, 1, plain(new Relu()));
    add(Reshape.class, 1, 1, new ReshapeCodec());
    add(Resize.class, 1, 2, new ResizeCodec());
    add(Sigmoid.class, 1, 1, plain(new Sigmoid()));
    add(Slice.class, 1, 1, new SliceCodec());
    add(Softmax.class, 1, 1, new DistributionCodec<>(Softmax::new));
    add(SpaceToDepth.class, 1, 1, new SpaceToDepthCodec());
    add(Split.class, 1, 1, new SplitCodec());
    add(Squeeze.class, 1, 1, new SqueezeCodec());
    add(Transpose.class, 1, 1, new TransposeCodec());
    add(Unsqueeze.class, 1, 1, new UnsqueezeCodec());
    families();
  }

  /** Classes that stand for several operators. */
  private static void families() {
    for (Pointwise function : Pointwise.values()) {
      add(new Entry<>(function.type(), Pointwise.class, 1, 1, plain(function)));
    }
    for (Parametric.Function function : Parametric.Function.values()) {
      OperatorCodec<Parametric> codec = new ParametricCodec(function);
      add(new Entry<>(function.type(), Parametric.class, 1, 1, codec));
    }
    for (Arithmetic function : Arithmetic.values()) {
      int least = function.isVariadic() ? 1 : 2;
      int most = function.isVariadic() ? MANY : 2;
      add(new Entry<>(function.type(), Arithmetic.class, least, most, plain(function)));
    }
    for (Reduce.Function function : Reduce.Function.values()) {
      long withInput = function == Reduce.Function.SUM ? 13 : 18;
      OperatorCodec<Reduce> codec =
          new ReductionCodec<>((axes, keep) -> new Reduce(function, axes, keep), withInput);
      add(new Entry<>(function.type(), Reduce.class, 1, 1, codec));
    }
    OperatorCodec<LocalResponseNormalization> lrn = new LocalResponseNormalizationCodec();
    add(new Entry<>("LRN", LocalResponseNormalization.class, 1, 1, lrn));
    // Read as a Resize, and written by its codec.
    add(new Entry<>("Upsample", Resize.class, 1, 1, new ResizeCodec()));
  }

  private OperatorCodecs() {}

  private static <T extends Operator> void add(
      Class<T> operator, int minInputs, int maxInputs, OperatorCodec<T> codec) {
    add(new Entry<>(operator.getSimpleName(), operator, minInputs, maxInputs, codec));
  }

  private static void add(Entry<?> entry) {
    TABLE.put(entry.type(), entry);
  }

  /**
   * A line of the table.
   *
   * @param type the operator's name in ONNX
   * @param operator its class
   * @param minInputs inputs it needs, those folded into it not counted
   * @param maxInputs inputs it may have
   * @param codec how it is read and written
   */
  record Entry<T extends Operator>(
      String type, Class<T> operator, int minInputs, int maxInputs, OperatorCodec<T> codec) {
    void write(Operator written, NodeWriter node) {
      codec.write(operator.cast(written), node);
    }
  }

  /** ONNX's names of all operators that a graph can hold. */
  static Set<String> types() {
    return new TreeSet<>(TABLE.keySet());
  }

  /** The opset from which on a model may have an operator. */
  static long firstOpset(String type) {
    return FIRST_OPSETS.getOrDefault(type, ModelMetadata.MIN_OPSET);
  }

  /** The entry for an ONNX type, or null if it is not supported. */
  static @Nullable Entry<?> of(String type) {
    return TABLE.get(type);
  }

  /** The entry for an operator. */
  static Entry<?> of(Operator operator) {
    if (operator instanceof Opaque) {
      return new Entry<>(operator.type(), Opaque.class, 0, MANY, new OpaqueCodec());
    }
    Entry<?> entry = TABLE.get(operator.type());
    if (entry == null || !entry.operator.isInstance(operator)) {
      throw new InvalidInputException("operator " + operator.type() + " cannot be written");
    }
    return entry;
  }
}
