package dev.capstan.onnx;

import static dev.capstan.onnx.ConstantKernels.number;

import dev.capstan.array.Elementwise;
import dev.capstan.array.Elementwise.Binary;
import dev.capstan.array.Elementwise.Unary;
import dev.capstan.array.Pending;
import dev.capstan.error.InvalidInputException;
import dev.capstan.graph.Constant;
import dev.capstan.graph.DataType;
import dev.capstan.graph.op.Cast;
import dev.capstan.graph.op.Clip;
import dev.capstan.onnx.ConstantKernels.ConstantKernel;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.DoubleUnaryOperator;
import java.util.stream.IntStream;

/** Functions of elements: arithmetic, comparison, logic, conversion. */
final class ConstantArithmetic {
  static final Map<String, ConstantKernel> TABLE = new HashMap<>();

  static {
    TABLE.put("Cast", node -> List.of(Elementwise.cast(number(node, 0), type(node))));
    TABLE.put("CastLike", ConstantArithmetic::castLike);
    TABLE.put("Clip", ConstantArithmetic::clipped);
    both("Abs", new Unary(Math::abs, Math::abs));
    both("Neg", new Unary(x -> -x, x -> -x));
    both("Sign", new Unary(Math::signum, Long::signum));
    both("Relu", new Unary(x -> Math.max(0, x), x -> Math.max(0, x)));
    both("Not", new Unary(x -> x, x -> 1 - x));
    both("BitwiseNot", new Unary(x -> x, x -> ~x));
    real("Sqrt", Math::sqrt);
    real("Exp", Math::exp);
    real("Log", Math::log);
    real("Reciprocal", x -> 1 / x);
    real("Floor", Math::floor);
    real("Ceil", Math::ceil);
    real("Round", Math::rint);
    real("Sin", Math::sin);
    real("Cos", Math::cos);
    real("Tan", Math::tan);
    real("Tanh", Math::tanh);
    real("Sigmoid", x -> 1 / (1 + Math.exp(-x)));
    real("Softplus", x -> Math.max(x, 0) + Math.log1p(Math.exp(-Math.abs(x))));
    binary("Add", new Binary(Double::sum, Long::sum));
    binary("Sub", new Binary((a, b) -> a - b, (a, b) -> a - b));
    binary("Mul", new Binary((a, b) -> a * b, (a, b) -> a * b));
    TABLE.put("Div", node -> divided(node, new Binary((a, b) -> a / b, (a, b) -> a / b)));
    TABLE.put("Mod", ConstantArithmetic::modulo);
    TABLE.put("Pow", ConstantArithmetic::power);
    binary("And", new Binary((a, b) -> a, (a, b) -> a & b));
    binary("Or", new Binary((a, b) -> a, (a, b) -> a | b));
    binary("Xor", new Binary((a, b) -> a, (a, b) -> a ^ b));
    binary("BitwiseAnd", new Binary((a, b) -> a, (a, b) -> a & b));
    binary("BitwiseOr", new Binary((a, b) -> a, (a, b) -> a | b));
    binary("BitwiseXor", new Binary((a, b) -> a, (a, b) -> a ^ b));
    variadic("Max", new Binary(Math::max, Math::max));
    variadic("Min", new Binary(Math::min, Math::min));
    variadic("Sum", new Binary(Double::sum, Long::sum));
    comparison("Equal", new Binary((a, b) -> a == b ? 1 : 0, (a, b) -> a == b ? 1 : 0));
    comparison("Less", new Binary((a, b) -> a < b ? 1 : 0, (a, b) -> a < b ? 1 : 0));
    comparison("LessOrEqual", new Binary((a, b) -> a <= b ? 1 : 0, (a, b) -> a <= b ? 1 : 0));
    comparison("Greater", new Binary((a, b) -> a > b ? 1 : 0, (a, b) -> a > b ? 1 : 0));
    comparison("GreaterOrEqual", new Binary((a, b) -> a >= b ? 1 : 0, (a, b) -> a >= b ? 1 : 0));
  }

  private static final Clip NONE = new Clip(Float.NEGATIVE_INFINITY, Float.POSITIVE_INFINITY);

  private ConstantArithmetic() {}

  private static void both(String type, Unary function) {
    TABLE.put(
        type,
        node -> {
          Constant x = number(node, 0);
          return List.of(Elementwise.unary(x, x.type(), function));
        });
  }

  /** A function that ONNX knows of floating-point numbers alone. */
  private static void real(String type, DoubleUnaryOperator function) {
    TABLE.put(
        type,
        node -> {
          Constant x = number(node, 0);
          if (!x.type().isFloating()) {
            throw node.unsupported(type + " of " + x.type());
          }
          return List.of(Elementwise.unary(x, x.type(), new Unary(function, value -> value)));
        });
  }

  private static void binary(String type, Binary function) {
    TABLE.put(type, node -> List.of(binary(node, function)));
  }

  private static Pending binary(NodeReader node, Binary function) {
    Constant a = number(node, 0);
    return Elementwise.binary(a, like(a, node), a.type(), function);
  }

  private static void comparison(String type, Binary function) {
    TABLE.put(
        type,
        node -> {
          Constant a = number(node, 0);
          return List.of(Elementwise.binary(a, like(a, node), DataType.BOOL, function));
        });
  }

  /** The second operand, of the type of the first. */
  private static Constant like(Constant a, NodeReader node) {
    Constant b = number(node, 1);
    if (b.type() != a.type()) {
      throw new InvalidInputException("operands %s and %s are of two types".formatted(a, b));
    }
    return b;
  }

  private static void variadic(String type, Binary function) {
    TABLE.put(
        type,
        node ->
            switch (node.count()) {
              case 1 -> List.of(Pending.ready(number(node, 0)));
              case 2 -> List.of(binary(node, function));
              default -> throw node.unsupported(type + " of so many constants");
            });
  }

  private static List<Pending> divided(NodeReader node, Binary function) {
    Constant b = number(node, 1);
    boolean byZero =
        !b.type().isFloating() && IntStream.range(0, b.elements()).anyMatch(i -> b.whole(i) == 0);
    if (byZero) {
      throw node.unsupported("a division of integers by 0");
    }
    return List.of(binary(node, function));
  }

  /** With fmod the sign is that of the dividend, else that of the divisor. */
  private static List<Pending> modulo(NodeReader node) {
    boolean fmod = node.attributes().flag("fmod", false);
    return divided(
        node, new Binary((a, b) -> a % b, fmod ? (a, b) -> a % b : (a, b) -> Math.floorMod(a, b)));
  }

  /** The exponent may be of another type; the result has that of the base. */
  private static List<Pending> power(NodeReader node) {
    Constant base = number(node, 0);
    Constant exponent = number(node, 1);
    if (!base.type().isFloating() && exponent.type().isFloating()) {
      throw node.unsupported("a broken power of integers");
    }
    Binary function = new Binary(Math::pow, (a, b) -> (long) Math.pow(a, b));
    return List.of(Elementwise.binary(base, exponent, base.type(), function));
  }

  private static DataType type(NodeReader node) {
    return ((Cast) new CastCodec().read(node)).to();
  }

  private static List<Pending> castLike(NodeReader node) {
    node.attributes().ignore("saturate");
    return List.of(Elementwise.cast(number(node, 0), ConstantKernels.input(node, 1).type()));
  }

  /** The limits are attributes below opset 11, of floating-point numbers alone. */
  private static List<Pending> clipped(NodeReader node) {
    Constant x = number(node, 0);
    Constant min = node.opset() < 11 ? null : node.constant(1);
    Constant max = node.opset() < 11 ? null : node.constant(2);
    Clip clip = node.opset() < 11 ? (Clip) new ClipCodec().read(node) : NONE;
    double least = min == null ? clip.min() : min.real(0);
    double most = max == null ? clip.max() : max.real(0);
    long leastWhole = min == null ? Long.MIN_VALUE : min.whole(0);
    long mostWhole = max == null ? Long.MAX_VALUE : max.whole(0);
    return List.of(
        Elementwise.unary(
            x,
            x.type(),
            new Unary(
                v -> Math.min(most, Math.max(least, v)),
                v -> Math.min(mostWhole, Math.max(leastWhole, v)))));
  }
}
