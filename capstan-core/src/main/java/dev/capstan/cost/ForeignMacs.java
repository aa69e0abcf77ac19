package dev.capstan.cost;

import dev.capstan.graph.DataType;
import dev.capstan.graph.ForeignNode;
import dev.capstan.graph.Node;
import dev.capstan.graph.Operands;
import dev.capstan.graph.Shape;
import dev.capstan.graph.TensorType;
import dev.capstan.graph.op.Conv;
import dev.capstan.graph.op.ConvTranspose;
import dev.capstan.graph.op.Einsum;
import dev.capstan.graph.op.Gemm;
import dev.capstan.graph.op.MatMul;
import dev.capstan.graph.op.Opaque;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Multiply-accumulates of nodes by their names in ONNX and the shapes they read and give, whether a
 * graph could hold them or not: those of ONNX, quantized ones, and ones that ONNX Runtime fuses.
 */
final class ForeignMacs {
  /** Stands for the first output among the numbers of inputs. */
  private static final int OUTPUT = -1;

  private static final Set<String> DOMAINS = Set.of("", "com.microsoft", "com.microsoft.nchwc");

  /**
   * How a node is counted.
   *
   * @param reads numbers of the inputs whose shapes it takes, in order
   * @param macs the number, by those shapes
   */
  private record Formula(List<Integer> reads, Function<List<Shape>, Long> macs) {}

  private static final Map<String, Formula> FORMULAS = new HashMap<>();

  static {
    Function<List<Shape>, Long> convolution = s -> Conv.macs(s.get(0), s.get(1));
    Function<List<Shape>, Long> product = s -> MatMul.macs(s.get(0), s.get(1));
    Function<List<Shape>, Long> linear = s -> Gemm.macs(s.get(0), s.get(1));
    add(convolution, List.of(1, OUTPUT), "Conv", "ConvInteger", "DeformConv", "FusedConv");
    add(convolution, List.of(3, OUTPUT), "QLinearConv");
    add(s -> ConvTranspose.macs(s.get(0), s.get(1)), List.of(0, 1), "ConvTranspose");
    add(linear, List.of(1, OUTPUT), "Gemm", "FusedGemm");
    add(linear, List.of(3, OUTPUT), "QGemm");
    add(product, List.of(0, OUTPUT), "MatMul", "MatMulInteger", "QLinearMatMul");
    add(product, List.of(0, OUTPUT), "MatMulIntegerToFloat", "DynamicQuantizeMatMul");
    add(ForeignMacs::transposed, List.of(0, OUTPUT), "FusedMatMul");
    add(ForeignMacs::recurrent, List.of(0, 1, 2), "RNN", "GRU", "LSTM", "DynamicQuantizeLSTM");
    add(ForeignMacs::attention, List.of(0, 1, OUTPUT), "Attention");
  }

  private ForeignMacs() {}

  private static void add(Function<List<Shape>, Long> macs, List<Integer> reads, String... types) {
    Stream.of(types).forEach(type -> FORMULAS.put(type, new Formula(reads, macs)));
  }

  /** {@code A} or {@code B} may lie transposed: the sum is over the axis that the output lacks. */
  private static long transposed(List<Shape> shapes) {
    Shape a = shapes.get(0);
    Shape output = shapes.get(1);
    if (a.rank() < 2) {
      return MatMul.macs(a, output);
    }
    long rows = output.size(output.rank() - 2);
    long summed = rows == 0 ? 0 : a.elements(a.rank() - 2, a.rank()) / rows;
    return output.elements() * summed;
  }

  /** {@code X (steps x batch x in, or batch x steps x in), W, R}: all weights at each step. */
  private static long recurrent(List<Shape> shapes) {
    return shapes.get(0).elements(0, 2) * (shapes.get(1).elements() + shapes.get(2).elements());
  }

  /** {@code Q, K, Y}: Q times each key, and the values of all keys summed. */
  private static long attention(List<Shape> shapes) {
    Shape keys = shapes.get(1);
    return keys.size(keys.rank() - 2) * (shapes.get(0).elements() + shapes.get(2).elements());
  }

  /**
   * The number of one application, every element of the batch together.
   *
   * @param shapes of values and constants, by name
   * @return empty where nobody knows: the operator, or the shape of what it reads
   */
  static OptionalLong of(ForeignNode node, Function<String, Optional<Shape>> shapes) {
    if (isFree(node)) {
      return OptionalLong.of(0);
    }
    Formula formula = formula(node);
    List<Shape> read = new ArrayList<>();
    for (int input : formula == null ? List.<Integer>of() : formula.reads()) {
      List<String> names = input == OUTPUT ? node.outputs() : node.inputs();
      int index = Math.max(0, input);
      (index < names.size() ? shapes.apply(names.get(index)) : Optional.<Shape>empty())
          .ifPresent(read::add);
    }
    return formula == null || read.size() < formula.reads().size()
        ? OptionalLong.empty()
        : OptionalLong.of(formula.macs().apply(read));
  }

  /** The number of one application of an operator between others that are known. */
  static OptionalLong of(Opaque opaque, Operands operands, List<TensorType> outputs) {
    Map<String, Shape> shapes = new HashMap<>();
    ForeignNode node = opaque.node();
    for (int i = 0; i < operands.count(); i++) {
      if (operands.has(i)) {
        shapes.put(node.inputs().get(i), operands.shape(i));
      }
    }
    for (int i = 0; i < outputs.size(); i++) {
      shapes.put(node.outputs().get(i), outputs.get(i).shape());
    }
    return of(node, name -> Optional.ofNullable(shapes.get(name)));
  }

  /** Whether a node multiplies by no weights, in its subgraphs neither. */
  static boolean isFree(ForeignNode node) {
    return FreeOperators.has(node.domain(), node.type())
        && node.inner().stream().allMatch(ForeignMacs::isFree);
  }

  private static @Nullable Formula formula(ForeignNode node) {
    if (!DOMAINS.contains(node.domain())) {
      return null;
    }
    return switch (node.type()) {
      case "Einsum" -> einsum(node);
      // Of Microsoft's own one the inputs are others, and what was seen before is another axis.
      case "Attention" ->
          node.domain().isEmpty() && !node.hasInput(4) ? FORMULAS.get(node.type()) : null;
      // The batch in another place.
      case "FusedMatMul" ->
          node.integer("transBatchA") == 0 && node.integer("transBatchB") == 0
              ? FORMULAS.get(node.type())
              : null;
      default -> FORMULAS.get(node.type());
    };
  }

  private static Formula einsum(ForeignNode node) {
    List<Integer> reads = new ArrayList<>();
    for (int i = 0; i < node.inputs().size(); i++) {
      reads.add(i);
    }
    Einsum einsum = new Einsum(node.text("equation"));
    Node known = new Node(node.name(), einsum, node.inputs(), node.outputs());
    TensorType any = new TensorType(DataType.FLOAT32, Shape.of());
    return new Formula(reads, shapes -> einsum.macs(Operands.of(known, shapes), List.of(any)));
  }
}
