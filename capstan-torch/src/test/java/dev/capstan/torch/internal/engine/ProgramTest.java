package dev.capstan.torch.internal.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.capstan.error.InvalidInputException;
import dev.capstan.graph.Constant;
import dev.capstan.graph.DataType;
import dev.capstan.graph.Graph;
import dev.capstan.graph.Shape;
import dev.capstan.graph.TensorType;
import dev.capstan.graph.op.Arithmetic;
import dev.capstan.graph.op.Concat;
import dev.capstan.graph.op.Relu;
import dev.capstan.torch.internal.tensor.Precision;
import dev.capstan.torch.internal.tensor.Tensors;
import dev.capstan.zoo.Zoo;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.TreeMap;
import org.bytedeco.javacpp.Pointer;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.NoGradGuard;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

class ProgramTest {
  private static final long[] IMAGES = {4, 3, 32, 32};
  private static final Graph RESNET = Zoo.randomCifarResNet(1, List.of(16, 32, 64), 10, 7);

  private static float[] images(long seed) {
    return Elements.random(new SplittableRandom(seed), Shape.of(IMAGES));
  }

  private static Program program(Precision precision) {
    return new Program(RESNET, new Execution(precision, 2));
  }

  private static float[] run(Program program, float[] images) {
    try (Tensor x = Tensors.of(images, IMAGES)) {
      Tensor[] outputs = program.run(x);
      float[] logits = Tensors.floats(outputs[0]);
      outputs[0].close();
      return logits;
    }
  }

  @Test
  void residualNetworkEqualsOnnxRuntime() throws Exception {
    try (Program program = program(Precision.FP32);
        OnnxRuntime runtime = new OnnxRuntime(RESNET)) {
      assertThat(Elements.distance(run(program, images(1)), runtime.run(images(1), IMAGES)))
          .isLessThan(1e-5);
    }
  }

  @Tag("trust")
  @ParameterizedTest
  @ValueSource(longs = {0, 3})
  void aDivisionOfWholeNumbersByZeroIsRefusedByItsNode(long divisor) {
    Graph divided =
        Graph.builder("divided")
            .input("x", new TensorType(DataType.INT64, Shape.of(2)))
            .constant("by", Constant.of(new long[] {divisor, 2}, 2))
            .node(Arithmetic.DIV, "y", "x", "by")
            .output("y", new TensorType(DataType.INT64, Shape.of(2)))
            .build();
    try (Program program = new Program(divided, new Execution(Precision.FP32, 1));
        Tensor x = Tensors.of(new float[] {7, 7}, 2).to(torch.ScalarType.Long)) {
      if (divisor == 0) {
        assertThatThrownBy(() -> program.run(x))
            .isInstanceOf(InvalidInputException.class)
            .hasMessage("node 'y' (Div): whole numbers are divided by 0, which no runtime can");
      } else {
        Tensor[] outputs = program.run(x);
        assertThat(Tensors.floats(outputs[0].to(torch.ScalarType.Float))).containsExactly(2, 3);
        outputs[0].close();
      }
    }
  }

  @Test
  void halfPrecisionIsNearSinglePrecision() {
    try (Program exact = program(Precision.FP32);
        Program rounded = program(Precision.BF16)) {
      assertThat(Elements.distance(run(rounded, images(1)), run(exact, images(1))))
          .isBetween(1e-6, 3e-2);
    }
  }

  @Test
  void gradientEqualsFiniteDifferences() {
    try (PointerScope scope = new PointerScope();
        Program program = program(Precision.FP64);
        Tensor x = Tensors.of(images(3), IMAGES)) {
      Map<String, Tensor> weights = learned(program);
      Map<String, Tensor> directions = new HashMap<>();
      SplittableRandom random = new SplittableRandom(5);
      weights.forEach(
          (name, weight) -> {
            float[] direction = Elements.random(random, Tensors.shape(weight));
            directions.put(name, Tensors.of(direction, weight.shape()).to(torch.ScalarType.Double));
          });
      loss(program, x, weights).backward();
      double slope = 0;
      for (Map.Entry<String, Tensor> weight : weights.entrySet()) {
        slope += weight.getValue().grad().mul(directions.get(weight.getKey())).sum().item_double();
      }
      // Small, for a longer step crosses the kinks of ReLU.
      double step = 1e-8;
      double ahead = lossAt(program, x, weights, directions, step);
      double behind = lossAt(program, x, weights, directions, -step);
      assertThat(slope).isNotZero();
      assertThat((ahead - behind) / (2 * step)).isCloseTo(slope, within(1e-6 * Math.abs(slope)));
    }
  }

  /** Copies of all weights that may learn; statistics may not. */
  private static Map<String, Tensor> learned(Program program) {
    Map<String, Tensor> weights = new TreeMap<>();
    for (String name : RESNET.constants().keySet()) {
      if (!name.contains("running")) {
        weights.put(name, program.constants().get(name).clone().requires_grad_());
      }
    }
    return weights;
  }

  private static double lossAt(
      Program program,
      Tensor x,
      Map<String, Tensor> weights,
      Map<String, Tensor> directions,
      double step) {
    try (NoGradGuard guard = new NoGradGuard()) {
      Map<String, Tensor> moved = new HashMap<>();
      weights.forEach(
          (name, weight) -> moved.put(name, weight.add(directions.get(name), new Scalar(step))));
      return loss(program, x, moved).item_double();
    }
  }

  /** The sum of squared outputs with these weights in place of the constants. */
  private static Tensor loss(Program program, Tensor x, Map<String, Tensor> weights) {
    try (Values values = program.begin(x)) {
      weights.forEach((name, weight) -> values.put(program.slot(name), weight));
      for (Step step : program.steps()) {
        program.execute(step, values);
        values.drop(step.lastUses());
      }
      return values.get(program.slot("logits")).square().sum();
    }
  }

  @ParameterizedTest
  @EnumSource(
      value = Precision.class,
      names = {"FP32", "BF16"})
  void sameInputsGiveTheSameBits(Precision precision) {
    assertThat(gradients(precision)).isEqualTo(gradients(precision));
  }

  private static List<List<Float>> gradients(Precision precision) {
    try (PointerScope scope = new PointerScope();
        Program program = program(precision);
        Tensor x = Tensors.of(images(3), IMAGES)) {
      Map<String, Tensor> weights = learned(program);
      Tensor loss = loss(program, x, weights);
      loss.backward();
      List<List<Float>> bits = new ArrayList<>();
      bits.add(boxed(loss));
      weights.values().forEach(weight -> bits.add(boxed(weight.grad())));
      return bits;
    }
  }

  private static List<Float> boxed(Tensor tensor) {
    List<Float> elements = new ArrayList<>();
    for (float element : Tensors.floats(tensor)) {
      elements.add(element);
    }
    return elements;
  }

  @Test
  void memoryStaysFlat() {
    long[] sizes = {16, 3, 32, 32};
    float[] images = Elements.random(new SplittableRandom(1), Shape.of(sizes));
    // On one thread: two wait for each other where a test beside this one has the cores.
    try (Program program = new Program(RESNET, new Execution(Precision.FP32, 1));
        Tensor x = Tensors.of(images, sizes)) {
      runs(program, x, 50);
      long before = Pointer.physicalBytes();
      runs(program, x, 400);
      // The smallest activation forgotten a run would be 105 MB; Java's garbage touches some 26 MB.
      assertThat(Pointer.physicalBytes() - before).isLessThan(64L << 20);
    }
  }

  private static void runs(Program program, Tensor images, int count) {
    for (int i = 0; i < count; i++) {
      program.run(images)[0].close();
    }
  }

  @Test
  void activationsAreDroppedAfterTheirLastUse() {
    try (Program program = program(Precision.FP32);
        NoGradGuard guard = new NoGradGuard();
        Tensor x = Tensors.of(images(1), IMAGES);
        Values values = program.begin(x)) {
      int most = 0;
      for (Step step : program.steps()) {
        program.execute(step, values);
        values.drop(step.lastUses());
        most = Math.max(most, values.computed());
      }
      assertThat(most).isEqualTo(2);
      assertThat(values.computed()).isEqualTo(1);
    }
  }

  private static TensorType type(long... sizes) {
    return new TensorType(DataType.FLOAT32, Shape.of(sizes));
  }

  @Test
  void everyOutputIsGivenOnceThoughOthersReadIt() {
    Graph graph =
        Graph.builder("two")
            .input("x", type(1, 2))
            .node(new Relu(), "a", "x")
            .node(new Concat(1), "b", "a", "x")
            .output("a", type(1, 2))
            .output("b", type(1, 4))
            .build();
    try (Program program = new Program(graph, new Execution(Precision.FP32, 1));
        Tensor x = Tensors.of(new float[] {-1, 2}, 1, 2)) {
      Tensor[] outputs = program.run(x);
      assertThat(Tensors.floats(outputs[0])).containsExactly(0, 2);
      assertThat(Tensors.floats(outputs[1])).containsExactly(0, 2, -1, 2);
      assertThat(Tensors.floats(x)).containsExactly(-1, 2);
      outputs[0].close();
      outputs[1].close();
    }
  }

  @Test
  void nativeFailureIsOneLineThatNamesTheNode() {
    try (Program program = program(Precision.FP32);
        Tensor x = Tensors.of(images(1), IMAGES);
        Tensor wrong = Tensors.of(new float[45], 1, 5, 3, 3);
        Values values = program.begin(x)) {
      Step first = program.steps().get(0);
      values.put(program.slot("conv1.weight"), wrong);
      assertThatThrownBy(() -> program.execute(first, values))
          .isInstanceOf(IllegalStateException.class)
          .hasMessageStartingWith("node 'conv1' (Conv), operands [4x3x32x32], [1x5x3x3]:")
          .message()
          .hasLineCount(1);
    }
  }

  @Test
  void inputThatDoesNotFitIsNamed() {
    try (Program program = program(Precision.FP32);
        Tensor x = Tensors.of(new float[12], 1, 3, 4)) {
      assertThatThrownBy(() -> program.run(x))
          .isInstanceOf(InvalidInputException.class)
          .hasMessage("input 'input': expected shape [Nx3x32x32], found [1x3x4]");
    }
  }

  @Test
  void elementsThatDoNotFitTheShapeAreRefused() {
    assertThatThrownBy(() -> Tensors.of(new float[5], 2, 3))
        .hasMessage("expected 6 elements for shape [2x3], found 5");
  }

  @Test
  void constantsOfEveryTypeAreCopied() {
    Graph graph =
        Graph.builder("types")
            .constant("f", Constant.of(new float[] {1, 2}, 2))
            .constant("i", Constant.of(new long[] {3, 4}, 2))
            .output("f", type(2))
            .output("i", type(2))
            .build();
    try (Constants constants = new Constants(graph, Precision.FP64)) {
      assertThat(constants.get("f").scalar_type().intern()).isEqualTo(torch.ScalarType.Double);
      assertThat(constants.get("i").scalar_type().intern()).isEqualTo(torch.ScalarType.Long);
      assertThat(Tensors.floats(constants.get("i"))).containsExactly(3, 4);
    }
  }
}
