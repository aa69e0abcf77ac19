package dev.capstan.ort;

import ai.onnx.proto.OnnxMl.TensorProto;
import com.google.protobuf.ByteString;
import dev.capstan.graph.Constant;
import dev.capstan.graph.ConstantWriter;
import dev.capstan.graph.DataType;
import dev.capstan.testing.OnnxModels;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.function.Consumer;
import java.util.stream.IntStream;
import java.util.stream.LongStream;

/** Nodes on constants of random types, shapes and elements, one of each kind for a seed. */
final class ConstantCases {
  private static final List<DataType> REALS =
      List.of(DataType.FLOAT32, DataType.FLOAT64, DataType.FLOAT16);
  private static final List<DataType> WHOLES = List.of(DataType.INT32, DataType.INT64);
  private static final List<DataType> NUMBERS =
      List.of(DataType.FLOAT32, DataType.FLOAT64, DataType.INT32, DataType.INT64);

  /** Without those that ONNX Runtime or Java has hardly any arithmetic for. */
  private static final List<DataType> ALL =
      Arrays.stream(DataType.values())
          .filter(type -> type != DataType.BFLOAT16 && type != DataType.UINT64)
          .toList();

  private final SplittableRandom random;
  private final List<Case> cases = new ArrayList<>();

  /** A model that gives what the node makes of constants as float32 in "seen". */
  record Case(String name, OnnxModels model) {}

  private ConstantCases(long seed) {
    random = new SplittableRandom(seed);
  }

  static List<Case> of(long seed) {
    ConstantCases all = new ConstantCases(seed);
    all.functions();
    all.pairs();
    all.conversions();
    all.reductions();
    all.views();
    all.parts();
    all.pads();
    all.norms();
    all.sources();
    return all.cases;
  }

  private <T> T one(List<T> choices) {
    return choices.get(random.nextInt(choices.size()));
  }

  private long[] shape(int least, int most) {
    return IntStream.range(0, random.nextInt(least, most + 1))
        .mapToLong(axis -> random.nextInt(1, 5))
        .toArray();
  }

  /** A shape that broadcasts with the other. */
  private long[] fitting(long[] other) {
    int dropped = random.nextInt(other.length + 1);
    return Arrays.stream(other, dropped, other.length)
        .map(size -> random.nextBoolean() ? 1 : size)
        .toArray();
  }

  private Constant between(double least, double most, DataType type, long... sizes) {
    ConstantWriter writer = new ConstantWriter(type, sizes);
    for (int i = 0; i < writer.elements(); i++) {
      double value = random.nextDouble(least, most);
      writer.put(i, type == DataType.BOOL ? random.nextInt(2) : value);
    }
    return writer.constant();
  }

  private Constant draw(DataType type, long... sizes) {
    boolean signed = type.isFloating() || type.name().startsWith("INT");
    return between(signed ? -9 : 0, 9, type, sizes);
  }

  private static Constant longs(long... values) {
    return Constant.of(values, values.length);
  }

  private static TensorProto tensor(String name, Constant constant) {
    String type =
        switch (constant.type()) {
          case FLOAT32 -> "FLOAT";
          case FLOAT64 -> "DOUBLE";
          default -> constant.type().name();
        };
    return TensorProto.newBuilder()
        .setName(name)
        .setDataType(TensorProto.DataType.valueOf(type).getNumber())
        .addAllDims(LongStream.of(constant.sizes()).boxed().toList())
        .setRawData(ByteString.copyFrom(constant.bytes()))
        .build();
  }

  /** Adds a node. */
  private void add(int opset, String type, List<Constant> inputs, Object... attributes) {
    OnnxModels model = OnnxModels.opset(opset).input("x", 1).node("Identity", "x", "y");
    List<String> names = new ArrayList<>();
    for (int i = 0; i < inputs.size(); i++) {
      names.add("in" + i);
      model.initializer(tensor("in" + i, inputs.get(i)));
    }
    model.node(type, String.join(" ", names), "c", attributes);
    see(opset, type, inputs, model, attributes);
  }

  private void see(
      int opset, String type, List<Constant> inputs, OnnxModels model, Object... attributes) {
    List<Object> shown = new ArrayList<>();
    for (Object attribute : attributes) {
      shown.add(attribute instanceof long[] list ? Arrays.toString(list) : attribute);
    }
    String name = "%s-%d of %s %s".formatted(type, opset, inputs, shown);
    cases.add(new Case(name, model.node("Cast", "c", "seen", "to", 1).output("seen").output("y")));
  }

  private int opset(int... opsets) {
    return opsets[random.nextInt(opsets.length)];
  }

  private void functions() {
    Map<String, List<DataType>> types = new LinkedHashMap<>();
    for (String type :
        List.of(
            "Sqrt",
            "Exp",
            "Log",
            "Reciprocal",
            "Floor",
            "Ceil",
            "Round",
            "Sin",
            "Cos",
            "Tan",
            "Tanh",
            "Sigmoid",
            "Softplus")) {
      types.put(type, List.of(DataType.FLOAT32));
    }
    types.put("Abs", NUMBERS);
    types.put("Neg", NUMBERS);
    types.put("Sign", NUMBERS);
    types.put("Relu", List.of(DataType.FLOAT32, DataType.FLOAT64));
    types.put("Not", List.of(DataType.BOOL));
    types.put("BitwiseNot", WHOLES);
    types.forEach(
        (type, allowed) -> add(18, type, List.of(between(-3.5, 3.5, one(allowed), shape(0, 3)))));
    add(10, "Clip", List.of(draw(DataType.FLOAT32, shape(0, 3))), "min", -2f, "max", 2.5f);
    DataType type = one(NUMBERS);
    add(13, "Clip", List.of(draw(type, shape(1, 3)), between(-3, -1, type), between(1, 4, type)));
  }

  private void pairs() {
    for (String type : List.of("Add", "Sub", "Mul", "Div", "Max", "Min")) {
      pair(opset(8, 13, 18), type, one(NUMBERS), one(NUMBERS).isFloating() ? -9 : 1);
    }
    add(13, "Sum", List.of(draw(DataType.FLOAT32, 2, 3), draw(DataType.FLOAT32, 3)));
    for (String type : List.of("Equal", "Less", "LessOrEqual", "Greater", "GreaterOrEqual")) {
      pair(17, type, one(NUMBERS), -3);
    }
    for (String type : List.of("And", "Or", "Xor")) {
      pair(13, type, DataType.BOOL, 0);
    }
    for (String type : List.of("BitwiseAnd", "BitwiseOr", "BitwiseXor")) {
      pair(18, type, one(WHOLES), -9);
    }
    long[] shape = shape(0, 3);
    DataType whole = one(WHOLES);
    add(13, "Mod", List.of(draw(whole, shape), between(1, 5, whole, fitting(shape))));
    DataType any = one(NUMBERS);
    add(13, "Mod", List.of(draw(any, shape), between(-5, -1, any, fitting(shape))), "fmod", 1);
    Constant exponent = between(0, 3, one(NUMBERS), fitting(shape));
    add(13, "Pow", List.of(between(0.1, 2, one(REALS.subList(0, 2)), shape), exponent));
    add(
        13,
        "Pow",
        List.of(between(-4, 4, whole, shape), between(0, 4, one(WHOLES), fitting(shape))));
    DataType type = one(ALL);
    Constant condition = draw(DataType.BOOL, fitting(shape));
    add(16, "Where", List.of(condition, draw(type, shape), draw(type, fitting(shape))));
  }

  private void pair(int opset, String type, DataType elements, double least) {
    long[] shape = shape(0, 4);
    List<Constant> operands =
        new ArrayList<>(
            List.of(draw(elements, shape), between(least, 9, elements, fitting(shape))));
    add(opset, type, operands);
  }

  private void conversions() {
    for (DataType from : ALL) {
      DataType to = one(ALL);
      int number = tensor("", draw(to)).getDataType();
      add(13, "Cast", List.of(between(0, 9, from, shape(0, 3))), "to", number);
      add(15, "CastLike", List.of(between(0, 9, from, shape(0, 3)), draw(to)));
    }
  }

  private void reductions() {
    for (String type : List.of("Sum", "Mean", "Prod", "Max", "Min", "L1", "L2", "SumSquare")) {
      DataType elements = one(NUMBERS);
      Constant x = between(1, 4, elements, shape(1, 4));
      long axis = random.nextInt(-x.rank(), x.rank());
      int keep = random.nextInt(2);
      add(11, "Reduce" + type, List.of(x), "axes", new long[] {axis}, "keepdims", keep);
      add(18, "Reduce" + type, List.of(x, longs(axis)), "keepdims", keep);
      add(18, "Reduce" + type, List.of(x), "keepdims", keep);
    }
  }

  private void views() {
    DataType type = one(ALL);
    Constant x = draw(type, 2, 3, 4);
    add(13, "Identity", List.of(x));
    add(one(List.of(9, 13, 14)), "Reshape", List.of(x, longs(one(List.of(0L, 2L)), -1, 2)));
    add(13, "Flatten", List.of(x), "axis", random.nextInt(-3, 4));
    Constant thin = draw(type, 1, 3, 1, 2);
    add(11, "Squeeze", List.of(thin), "axes", new long[] {2});
    add(13, "Squeeze", List.of(thin, longs(-2, 0)));
    add(13, "Squeeze", List.of(thin));
    add(11, "Unsqueeze", List.of(x), "axes", new long[] {0, 2});
    add(13, "Unsqueeze", List.of(x, longs(-1, 1)));
    add(13, "Transpose", List.of(x));
    add(
        13,
        "Transpose",
        List.of(x),
        "perm",
        one(List.of(new long[] {2, 0, 1}, new long[] {1, 0, 2})));
    add(13, "Expand", List.of(draw(type, 3, 1), longs(2, 1, random.nextInt(1, 4))));
    add(13, "Tile", List.of(x, longs(2, random.nextInt(0, 3), 1)));
    add(13, "Shape", List.of(x));
    add(15, "Shape", List.of(x), "start", random.nextInt(-4, 3), "end", random.nextInt(-4, 5));
    add(13, "Size", List.of(x));
  }

  private void parts() {
    DataType type = one(ALL);
    Constant x = draw(type, 3, 5, 4);
    int from = random.nextInt(-6, 6);
    int to = random.nextInt(-6, 6);
    int step = one(List.of(-2, -1, 1, 2));
    add(9, "Slice", List.of(x), "starts", new long[] {from}, "ends", new long[] {to});
    add(13, "Slice", List.of(x, longs(from), longs(to), longs(1), longs(step)));
    add(13, "Slice", List.of(x, longs(-1), longs(Long.MIN_VALUE + 1), longs(0), longs(-1)));
    long[] indices = {random.nextInt(-5, 5), random.nextInt(-5, 5)};
    add(13, "Gather", List.of(x, longs(indices)), "axis", one(List.of(1, -2)));
    add(13, "Gather", List.of(x, Constant.of(indices, 1, 2, 1)), "axis", 1);
    add(13, "Gather", List.of(x, Constant.of(new long[] {2})), "axis", random.nextInt(3));
    add(13, "GatherElements", List.of(x, between(-3, 3, DataType.INT64, 2, 3, 4)), "axis", 0);
    Constant other = draw(type, 3, 2, 4);
    add(13, "Concat", List.of(x, other, other), "axis", one(List.of(1, -2)));
    for (String part : List.of("c _ _", "_ c _", "_ _ c")) {
      OnnxModels model = OnnxModels.opset(13).input("x", 1).node("Identity", "x", "y");
      model.initializer(tensor("in", x)).longs("sizes", 1, 2, 2);
      String outputs = part.replaceFirst("_", "a").replaceFirst("_", "b");
      see(13, "Split", List.of(x), model.node("Split", "in sizes", outputs, "axis", 1));
    }
  }

  private void pads() {
    for (String mode : List.of("constant", "reflect", "edge", "wrap")) {
      DataType type = one(NUMBERS);
      Constant x = draw(type, 4, 5);
      Consumer<Constant> added =
          pads -> {
            int opset = mode.equals("wrap") ? 19 : opset(11, 13, 18, 21);
            add(opset, "Pad", List.of(x, pads), "mode", mode);
          };
      added.accept(longs(random.nextInt(4), random.nextInt(5), 0, random.nextInt(5)));
      added.accept(longs(0, -random.nextInt(3), random.nextInt(3), random.nextInt(3)));
      if (mode.equals("constant")) {
        Constant pads = longs(1, 0, random.nextInt(3), 2);
        add(13, "Pad", List.of(x, pads, draw(type)), "mode", mode);
        add(18, "Pad", List.of(x, longs(1, 2), draw(type), longs(-1)), "mode", mode);
      }
    }
  }

  private void norms() {
    long[] sizes = {random.nextInt(1, 4), 3, random.nextInt(1, 6), 2};
    DataType type = DataType.FLOAT32;
    List<Constant> inputs =
        List.of(
            draw(type, sizes), draw(type, 3), draw(type, 3), draw(type, 3), between(1, 2, type, 3));
    add(opset(9, 13, 15), "BatchNormalization", inputs, "epsilon", 1e-3f);
    OnnxModels model = OnnxModels.opset(15).input("x", 1).node("Identity", "x", "y");
    for (int i = 0; i < inputs.size(); i++) {
      model.initializer(tensor("in" + i, inputs.get(i)));
    }
    String outputs = one(List.of("c a b", "a c b", "a b c"));
    model.node(
        "BatchNormalization",
        "in0 in1 in2 in3 in4",
        outputs,
        "training_mode",
        1,
        "momentum",
        random.nextBoolean() ? 0.9f : 0f);
    see(15, "BatchNormalization", inputs, model, outputs);
  }

  private void sources() {
    Constant element = draw(one(ALL), 1);
    add(13, "ConstantOfShape", List.of(longs(shape(0, 3))), "value", tensor("", element));
    add(13, "ConstantOfShape", List.of(longs(shape(0, 3))));
    add(13, "Constant", List.of(), "value", tensor("", draw(one(ALL), shape(0, 2))));
    add(13, "Constant", List.of(), "value_int", 3);
    add(13, "Constant", List.of(), "value_ints", new long[] {1, 2});
    DataType type = one(NUMBERS);
    double step = one(List.of(-1.5, -1.0, 1.0, 2.0));
    Constant delta = between(step, step + 1e-6, type);
    add(13, "Range", List.of(between(-3, 3, type), between(-9, 9, type), delta));
  }
}
