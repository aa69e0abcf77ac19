package dev.capstan.torch.internal.refit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.capstan.graph.Node;
import dev.capstan.graph.Operator;
import dev.capstan.graph.op.Conv;
import dev.capstan.graph.op.Gemm;
import dev.capstan.graph.op.MatMul;
import dev.capstan.graph.op.Window;
import dev.capstan.graph.op.Window.AutoPad;
import dev.capstan.testing.OrtOracle;
import dev.capstan.torch.internal.engine.Step;
import dev.capstan.torch.internal.kernel.Kernels;
import dev.capstan.torch.internal.tensor.Precision;
import dev.capstan.torch.internal.tensor.Tensors;
import java.util.List;
import java.util.Objects;
import java.util.stream.Stream;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.Tensor;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** {@code X Theta} is what the operator gives. */
class LinearFormTest {
  private static final PositionSampler ALL = new PositionSampler(1, 0);

  static Stream<Arguments> operators() {
    return Stream.of(
        conv(new long[] {2, 3, 7, 9}, new long[] {4, 3, 3, 3}, Window.square(3, 1, 1)),
        conv(new long[] {2, 3, 8, 8}, new long[] {4, 3, 1, 1}, Window.square(1, 2, 0)),
        conv(
            new long[] {2, 3, 11, 12},
            new long[] {4, 3, 3, 2},
            window(List.of(3, 2), List.of(2, 3), List.of(2, 1), List.of(1, 0, 2, 1))),
        conv(
            new long[] {1, 2, 7, 6},
            new long[] {3, 2, 3, 3},
            new Window(
                List.of(3, 3), List.of(2, 2), List.of(1, 1), List.of(), AutoPad.SAME_UPPER, false)),
        conv(
            new long[] {2, 3, 10},
            new long[] {4, 3, 3},
            window(List.of(3), List.of(2), List.of(2), List.of(2, 1))),
        conv(
            new long[] {1, 2, 4, 5, 6},
            new long[] {3, 2, 2, 1, 3},
            window(
                List.of(2, 1, 3), List.of(1, 2, 1), List.of(1, 1, 2), List.of(0, 0, 1, 1, 0, 1))),
        Arguments.of(Gemm.LINEAR, new long[] {5, 6}, new long[] {4, 6}),
        Arguments.of(new Gemm(0.5f, 1, false, false), new long[] {5, 6}, new long[] {6, 4}),
        Arguments.of(new MatMul(), new long[] {5, 6}, new long[] {6, 4}));
  }

  private static Arguments conv(long[] input, long[] weights, Window window) {
    return Arguments.of(new Conv(window, 1), input, weights);
  }

  private static Window window(
      List<Integer> kernel, List<Integer> strides, List<Integer> dilations, List<Integer> pads) {
    return new Window(kernel, strides, dilations, pads, AutoPad.NOTSET, false);
  }

  private static Tensor random(long seed, long... sizes) {
    return Tensors.of(OrtOracle.Tensor.random(seed, sizes).values(), sizes);
  }

  private static Tensor run(Operator operator, Tensor input, Tensor weights) {
    Node node = new Node("n", operator, List.of("x", "w"), List.of("y"));
    Step step =
        new Step(node, List.of(0, 1), List.of(2), List.of(), Kernels.of(node.operator()), false);
    return step.execute(new Tensor[] {input, weights}, Precision.FP32)[0];
  }

  @ParameterizedTest
  @MethodSource("operators")
  void rowsTimesThetaAreTheOutput(Operator operator, long[] inputSizes, long[] weightSizes) {
    try (PointerScope scope = new PointerScope()) {
      Tensor input = random(1, inputSizes);
      Tensor weights = random(2, weightSizes);
      LinearForm.Solvable form = solvable(operator, inputSizes.length);
      Tensor theta = form.theta(weights);
      Tensor again = form.weights(theta, weightSizes);
      try (Tensor output = run(operator, input, weights);
          Tensor applied = run(form.operator(), input, again)) {
        float[] expected = Tensors.floats(ALL.rows(output));

        assertThat(Tensors.floats(form.rows(input, ALL).matmul(theta)))
            .containsExactly(expected, within(1e-4f));
        assertThat(Tensors.floats(ALL.rows(applied))).containsExactly(expected, within(1e-4f));
      }
    }
  }

  private static LinearForm.Solvable solvable(Operator operator, int inputRank) {
    return (LinearForm.Solvable) Objects.requireNonNull(LinearForm.of(operator, inputRank));
  }

  /** Each group has an X of its own, but a column of Theta is a channel's as well. */
  @Test
  void factorsOfGroupedChannelsAreThoseOfThetasColumns() {
    try (PointerScope scope = new PointerScope()) {
      Conv conv = new Conv(Window.square(3, 1, 1), 2);
      LinearForm form = Objects.requireNonNull(LinearForm.of(conv, 4));
      Tensor input = random(1, 2, 4, 5, 5);
      Tensor weights = random(2, 6, 2, 3, 3);
      Tensor gain = random(3, 1, 6);
      Tensor scaled = form.weights(form.theta(weights).mul(gain), weights.shape());
      try (Tensor output = run(conv, input, weights);
          Tensor applied = run(form.operator(), input, scaled)) {
        assertThat(form).isNotInstanceOf(LinearForm.Solvable.class);
        assertThat(Tensors.floats(ALL.rows(applied)))
            .containsExactly(Tensors.floats(ALL.rows(output).mul(gain)), within(1e-4f));
      }
    }
  }

  /** The rows of inputs and outputs stay those of the same positions. */
  @Test
  void largeImagesAreThinnedAlike() {
    try (PointerScope scope = new PointerScope()) {
      Tensor input = random(1, 2, 3, 70, 33);
      Tensor weights = random(2, 4, 3, 3, 3);
      Conv conv = new Conv(Window.square(3, 1, 1), 1);
      LinearForm.Solvable form = solvable(conv, 4);
      try (Tensor output = run(conv, input, weights)) {
        PositionSampler grid = PositionSampler.over(output, 5);
        Tensor rows = form.rows(input, grid);

        assertThat(rows.size(0))
            .isBetween(2L * PositionSampler.MOST / 3, 2L * PositionSampler.MOST);
        assertThat(Tensors.floats(rows.matmul(form.theta(weights))))
            .containsExactly(Tensors.floats(grid.rows(output)), within(1e-4f));
      }
    }
  }
}
