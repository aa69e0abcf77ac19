package dev.capstan.torch.internal.engine;

import static dev.capstan.torch.internal.engine.Elements.random;
import static org.assertj.core.api.Assertions.assertThat;

import dev.capstan.error.InvalidInputException;
import dev.capstan.graph.Constant;
import dev.capstan.graph.DataType;
import dev.capstan.graph.Graph;
import dev.capstan.graph.Metadata;
import dev.capstan.graph.Operator;
import dev.capstan.graph.Shape;
import dev.capstan.graph.ShapeInference;
import dev.capstan.graph.TensorType;
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
import dev.capstan.graph.op.Window;
import dev.capstan.torch.internal.tensor.Precision;
import dev.capstan.torch.internal.tensor.Tensors;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.bytedeco.pytorch.Tensor;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Every kernel gives what ONNX Runtime gives, for random attributes and shapes. */
class KernelParityTest {
  private static final int CASES = 60;
  private static final double TOLERANCE = 1e-5;
  private static final int OPSET = 17;
  private static final int OPSET_WITH_FLATTENED_SOFTMAX = 11;

  /** One operator applied to x and constants. */
  private record Case(Operator operator, long[] input, Map<String, Constant> constants) {
    Case(Operator operator, long... input) {
      this(operator, input, Map.of());
    }

    Graph graph(long opset) {
      Graph.Builder builder =
          Graph.builder("case").input("x", new TensorType(DataType.FLOAT32, Shape.of(input)));
      new TreeMap<>(constants).forEach(builder::constant);
      String[] inputs =
          Stream.concat(Stream.of("x"), constants.keySet().stream().sorted())
              .toArray(String[]::new);
      Graph graph =
          builder
              .node(operator, "y", inputs)
              .metadata(Metadata.ofCapstan().withOpset(opset))
              .build();
      return graph.edit().output("y", ShapeInference.of(graph).get("y")).build();
    }

    /** Whether the shape rule takes the attributes and something is left. */
    boolean isValid() {
      try {
        Shape shape = ShapeInference.of(graph(OPSET)).get("y").shape();
        return IntStream.range(0, shape.rank()).allMatch(axis -> shape.size(axis) > 0);
      } catch (InvalidInputException misfit) {
        return false;
      }
    }

    @Override
    public String toString() {
      return operator + " of " + Arrays.toString(input);
    }
  }

  private static final Map<String, Function<SplittableRandom, Case>> CASES_BY_OPERATOR =
      new TreeMap<>(
          Map.ofEntries(
              Map.entry("Add", KernelParityTest::add),
              Map.entry("AveragePool", KernelParityTest::averagePool),
              Map.entry("BatchNormalization", KernelParityTest::batchNormalization),
              Map.entry("Clip", r -> new Case(clip(r), 2, 3, 4)),
              Map.entry("Concat", KernelParityTest::concat),
              Map.entry("Conv", KernelParityTest::conv),
              Map.entry("Dropout", r -> new Case(new Dropout(0.5f), 2, 3)),
              Map.entry("Flatten", r -> new Case(new Flatten(r.nextInt(-4, 5)), 2, 3, 4, 5)),
              Map.entry("Gemm", KernelParityTest::gemm),
              Map.entry("GlobalAveragePool", r -> new Case(new GlobalAveragePool(), image(r))),
              Map.entry("Identity", r -> new Case(new Identity(), 2, 3)),
              Map.entry("LeakyRelu", r -> new Case(new LeakyRelu((float) r.nextDouble()), 2, 30)),
              Map.entry("MatMul", KernelParityTest::matMul),
              Map.entry("MaxPool", KernelParityTest::maxPool),
              Map.entry("Pad", KernelParityTest::pad),
              Map.entry("ReduceMean", KernelParityTest::reduceMean),
              Map.entry("Relu", r -> new Case(new Relu(), image(r))),
              Map.entry("Reshape", KernelParityTest::reshape),
              Map.entry("Sigmoid", r -> new Case(new Sigmoid(), image(r))),
              Map.entry("Slice", KernelParityTest::slice),
              Map.entry("Softmax", r -> new Case(new Softmax(r.nextInt(-4, 4), false), image(r))),
              Map.entry(
                  "SoftmaxFlattened",
                  r -> new Case(new Softmax(r.nextInt(-4, 4), true), image(r)))));

  static Stream<String> operators() {
    return CASES_BY_OPERATOR.keySet().stream();
  }

  @ParameterizedTest
  @MethodSource("operators")
  void equalsOnnxRuntime(String name) throws Exception {
    SplittableRandom random = new SplittableRandom(name.hashCode());
    long opset = name.equals("SoftmaxFlattened") ? OPSET_WITH_FLATTENED_SOFTMAX : OPSET;
    int checked = 0;
    for (int i = 0; i < CASES; i++) {
      Case one = CASES_BY_OPERATOR.get(name).apply(random);
      if (one.isValid()) {
        check(one, opset, random);
        checked++;
      }
    }
    assertThat(checked).as("cases that fit together").isGreaterThan(CASES / 6);
  }

  private static void check(Case one, long opset, SplittableRandom random) throws Exception {
    float[] input = random(random, Shape.of(one.input()));
    Graph graph = one.graph(opset);
    try (OnnxRuntime runtime = new OnnxRuntime(graph);
        Program program = new Program(graph, new Execution(Precision.FP32, 1));
        Tensor x = Tensors.of(input, one.input())) {
      float[] expected = runtime.run(input, one.input());
      Tensor[] outputs = program.run(x);
      assertThat(outputs[0].shape())
          .as("%s", one)
          .containsExactly(ShapeInference.of(graph).get("y").shape().sizes());
      assertThat(Elements.distance(Tensors.floats(outputs[0]), expected))
          .as("%s", one)
          .isLessThan(TOLERANCE);
      outputs[0].close();
    }
  }

  private static long[] image(SplittableRandom r) {
    return new long[] {r.nextInt(1, 3), r.nextInt(1, 5), r.nextInt(5, 12), r.nextInt(5, 12)};
  }

  private static List<Integer> ints(SplittableRandom r, int count, int from, int to) {
    return IntStream.range(0, count).mapToObj(i -> r.nextInt(from, to)).toList();
  }

  private static Constant constant(SplittableRandom r, long... sizes) {
    return Constant.of(random(r, Shape.of(sizes)), sizes);
  }

  private static Window window(SplittableRandom r, int rank, boolean ceil, int maxPad) {
    Window.AutoPad[] ways = Window.AutoPad.values();
    Window.AutoPad way = r.nextInt(2) == 0 ? ways[0] : ways[r.nextInt(ways.length)];
    List<Integer> pads =
        way == Window.AutoPad.NOTSET ? ints(r, 2 * rank, 0, maxPad + 1) : List.of();
    List<Integer> kernel = ints(r, rank, 1, 5);
    return new Window(
        kernel, ints(r, rank, 1, 4), ints(r, rank, 1, maxPad == 0 ? 2 : 3), pads, way, ceil);
  }

  private static Window poolWindow(SplittableRandom r, int rank) {
    Window any = window(r, rank, r.nextInt(2) == 0, 3);
    // ONNX Runtime wants pads smaller than the kernel, and ceil has no meaning beside autoPad.
    List<Integer> pads =
        IntStream.range(0, any.pads().size())
            .mapToObj(i -> Math.min(any.pads().get(i), any.kernel().get(i % rank) - 1))
            .toList();
    boolean ceil = any.ceil() && any.autoPad() == Window.AutoPad.NOTSET;
    return new Window(any.kernel(), any.strides(), any.dilations(), pads, any.autoPad(), ceil);
  }

  private static Case maxPool(SplittableRandom r) {
    long[] input = volume(r);
    Window any = poolWindow(r, input.length - 2);
    return new Case(new MaxPool(isSame(any) ? dense(any) : any), input);
  }

  private static Case averagePool(SplittableRandom r) {
    long[] input = volume(r);
    Window window = dense(poolWindow(r, input.length - 2));
    return new Case(new AveragePool(window, r.nextBoolean()), input);
  }

  /** Of one to three spatial axes. */
  private static long[] volume(SplittableRandom r) {
    long[] sizes = new long[r.nextInt(3, 6)];
    Arrays.setAll(sizes, i -> i == 0 ? 2 : i == 1 ? 3 : r.nextInt(5, 12));
    return sizes;
  }

  /** ONNX Runtime takes such padding for dense windows only. */
  private static boolean isSame(Window window) {
    return window.autoPad() != Window.AutoPad.NOTSET;
  }

  private static Window dense(Window any) {
    return new Window(
        any.kernel(),
        any.strides(),
        Collections.nCopies(any.rank(), 1),
        any.pads(),
        any.autoPad(),
        any.ceil());
  }

  private static Case conv(SplittableRandom r) {
    int groups = r.nextInt(1, 4);
    int in = groups * r.nextInt(1, 4);
    int out = groups * r.nextInt(1, 4);
    long[] input = volume(r);
    input[1] = in;
    int rank = input.length - 2;
    Window any = window(r, rank, false, 2);
    Window window = isSame(any) ? dense(any) : any;
    long[] weights = new long[rank + 2];
    Arrays.setAll(weights, i -> i == 0 ? out : i == 1 ? in / groups : window.kernel().get(i - 2));
    Map<String, Constant> constants =
        r.nextBoolean()
            ? Map.of("w", constant(r, weights))
            : Map.of("w", constant(r, weights), "w.bias", constant(r, out));
    return new Case(new Conv(window, groups), input, constants);
  }

  private static Case add(SplittableRandom r) {
    long[][] others = {{}, {1}, {5}, {4, 1}, {3, 4, 5}, {2, 3, 1, 5}, {7, 2, 3, 4, 5}};
    return new Case(
        new Add(),
        new long[] {2, 3, 4, 5},
        Map.of("b", constant(r, others[r.nextInt(others.length)])));
  }

  private static Case batchNormalization(SplittableRandom r) {
    long[] input = image(r);
    float[] variance = random(r, Shape.of(input[1]));
    for (int i = 0; i < variance.length; i++) {
      variance[i] = Math.abs(variance[i]);
    }
    return new Case(
        new BatchNormalization(1e-3f),
        input,
        Map.of(
            "a.scale", constant(r, input[1]),
            "b.shift", constant(r, input[1]),
            "c.mean", constant(r, input[1]),
            "d.variance", Constant.of(variance, input[1])));
  }

  private static Clip clip(SplittableRandom r) {
    float min = r.nextInt(3) == 0 ? Float.NEGATIVE_INFINITY : -(float) r.nextDouble();
    float max = r.nextInt(3) == 0 ? Float.POSITIVE_INFINITY : (float) r.nextDouble();
    return new Clip(min, max);
  }

  private static Case concat(SplittableRandom r) {
    int axis = r.nextInt(-3, 3);
    long[] other = {2, 3, 4};
    other[Math.floorMod(axis, 3)] = r.nextInt(1, 4);
    return new Case(
        new Concat(axis),
        new long[] {2, 3, 4},
        Map.of("b", constant(r, other), "c", constant(r, 2, 3, 4)));
  }

  private static Case gemm(SplittableRandom r) {
    Gemm gemm =
        new Gemm(
            r.nextInt(2) + 0.5f * r.nextInt(1, 3), r.nextInt(3), r.nextBoolean(), r.nextBoolean());
    long[] a = gemm.transA() ? new long[] {5, 3} : new long[] {3, 5};
    Constant b = gemm.transB() ? constant(r, 4, 5) : constant(r, 5, 4);
    long[][] summands = {{}, {4}, {1}, {3, 1}, {3, 4}, {1, 4}};
    int which = r.nextInt(summands.length + 1);
    return which == summands.length
        ? new Case(gemm, a, Map.of("b", b))
        : new Case(gemm, a, Map.of("b", b, "c", constant(r, summands[which])));
  }

  private static Case matMul(SplittableRandom r) {
    boolean batched = r.nextBoolean();
    Constant b = batched && r.nextBoolean() ? constant(r, 2, 4, 5) : constant(r, 4, 5);
    long[] a = batched ? new long[] {2, 3, 4} : new long[] {3, 4};
    return new Case(new MatMul(), a, Map.of("b", b));
  }

  private static Case pad(SplittableRandom r) {
    Pad.Mode[] modes = {Pad.Mode.CONSTANT, Pad.Mode.REFLECT, Pad.Mode.EDGE};
    Pad.Mode mode = modes[r.nextInt(modes.length)];
    boolean constant = mode == Pad.Mode.CONSTANT;
    List<Integer> pads =
        IntStream.range(0, 8)
            .mapToObj(
                i -> constant ? r.nextInt(i % 4 > 1 ? -1 : 0, 4) : i % 4 > 1 ? r.nextInt(0, 4) : 0)
            .toList();
    return new Case(new Pad(mode, pads, constant ? r.nextInt(3) : 0), 2, 3, 5, 6);
  }

  private static Case reduceMean(SplittableRandom r) {
    List<List<Integer>> axes =
        List.of(List.of(), List.of(2, 3), List.of(-1), List.of(1), List.of(3, 0), List.of(-2, -1));
    return new Case(new ReduceMean(axes.get(r.nextInt(axes.size())), r.nextBoolean()), 2, 3, 4, 5);
  }

  private static Case reshape(SplittableRandom r) {
    List<List<Long>> targets =
        List.of(
            List.of(0L, -1L),
            List.of(-1L),
            List.of(6L, 20L),
            List.of(0L, 0L, 20L),
            List.of(2L, -1L, 5L),
            List.of(0L, 4L, 3L, 5L, 1L));
    return new Case(new Reshape(targets.get(r.nextInt(targets.size())), false), 2, 3, 4, 5);
  }

  private static Case slice(SplittableRandom r) {
    List<Integer> axes = List.of(r.nextInt(0, 2), r.nextInt(-2, 0));
    List<Long> starts = longs(r, -8, 8);
    List<Long> ends =
        r.nextInt(3) == 0 ? List.of((long) Integer.MAX_VALUE, -100L) : longs(r, -8, 8);
    List<Long> steps = longs(r, -3, 4).stream().map(step -> step == 0 ? 1L : step).toList();
    return new Case(new Slice(starts, ends, axes, steps), 4, 5, 6, 7);
  }

  private static List<Long> longs(SplittableRandom r, long from, long to) {
    return List.of(r.nextLong(from, to), r.nextLong(from, to));
  }
}
