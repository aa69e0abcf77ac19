package dev.capstan.pipeline.input;

import static org.assertj.core.api.Assertions.assertThat;

import dev.capstan.graph.Constant;
import dev.capstan.graph.DataType;
import dev.capstan.graph.Graph;
import dev.capstan.graph.Operator;
import dev.capstan.graph.Shape;
import dev.capstan.graph.TensorType;
import dev.capstan.graph.op.Add;
import dev.capstan.graph.op.Arithmetic;
import dev.capstan.graph.op.Relu;
import dev.capstan.graph.op.Transpose;
import dev.capstan.image.Preprocessing.Range;
import dev.capstan.job.PreprocessingOptions;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Networks that take pixels as they are, though their input's type does not say so. */
class InnerScalingTest {
  private static final TensorType IMAGES = new TensorType(DataType.FLOAT32, Shape.of(1, 3, 8, 8));

  /** An image that goes through a Transpose, a function of it and a constant, and on. */
  private static Graph graph(Operator function, float... constant) {
    return Graph.builder("g")
        .input("x", IMAGES)
        .constant("c", Constant.of(constant, constant.length, 1, 1))
        .node(new Transpose(List.of(0, 1, 3, 2)), "t", "x")
        .node(function, "s", "t", "c")
        .node(new Relu(), "y", "s")
        .output("y", IMAGES)
        .build();
  }

  static List<Arguments> functions() {
    return List.of(
        Arguments.of(Arithmetic.DIV, new float[] {255}, true),
        Arguments.of(Arithmetic.DIV, new float[] {58.4f, 57.1f, 57.4f}, true),
        Arguments.of(Arithmetic.MUL, new float[] {1 / 255f}, true),
        Arguments.of(Arithmetic.SUB, new float[] {123.7f, 116.3f, 103.5f}, true),
        Arguments.of(new Add(), new float[] {-127.5f}, true),
        Arguments.of(Arithmetic.SUB, new float[] {0.485f, 0.456f, 0.406f}, false),
        Arguments.of(Arithmetic.DIV, new float[] {0.229f, 0.224f, 0.225f}, false),
        Arguments.of(Arithmetic.MUL, new float[] {2}, false),
        Arguments.of(Arithmetic.MUL, new float[] {1 / 255f, 0, 1 / 255f}, false));
  }

  @ParameterizedTest
  @MethodSource("functions")
  void whatScalesPixelsIsNamed(Operator function, float[] constant, boolean scales) {
    String hint = InnerScaling.hint(graph(function, constant), PreprocessingOptions.DEFAULT);

    if (scales) {
      assertThat(hint)
          .contains("'s' (" + function.type() + ")")
          .contains("setting 'range' byte, setting 'mean' 0,0,0 and setting 'std' 1,1,1");
    } else {
      assertThat(hint).isEmpty();
    }
  }

  /** A hint is for those who said nothing. */
  @Test
  void whoSaysTheRangeNeedsNoHint() {
    PreprocessingOptions usual = PreprocessingOptions.DEFAULT;
    PreprocessingOptions said =
        new PreprocessingOptions(
            List.of(0.0, 0.0, 0.0),
            List.of(1.0, 1.0, 1.0),
            usual.channels(),
            Range.ZERO_TO_255,
            usual.resize(),
            usual.size(),
            usual.crop(),
            usual.layout());

    assertThat(InnerScaling.hint(graph(Arithmetic.DIV, 255), said)).isEmpty();
  }
}
