package dev.capstan.ort;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.capstan.error.InvalidInputException;
import dev.capstan.graph.Constant;
import dev.capstan.graph.DataType;
import dev.capstan.graph.Shape;
import dev.capstan.graph.TensorType;
import dev.capstan.graph.Value;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** Numbers become tensors as the input's type says. */
final class RunInputsTest {
  private static Constant fixed(DataType type, Shape shape, long batch, Double... numbers) {
    RunInputs inputs = new RunInputs(Map.of(), Map.of("a", Arrays.asList(numbers)));
    Value input = new Value("a", new TensorType(type, shape));
    return inputs.fixed(List.of(input), batch).get("a");
  }

  @Test
  void eachRowOfTheBatchIsTheSame() {
    Constant found = fixed(DataType.FLOAT32, Shape.of(-1, 2), 3, 640.0, 480.0);
    assertThat(found.sizes()).containsExactly(3, 2);
    assertThat(found.floats()).containsExactly(640, 480, 640, 480, 640, 480);
  }

  @Test
  void oneNumberFillsAll() {
    assertThat(fixed(DataType.FLOAT32, Shape.of(1, 2, 2), 5, 0.5).floats())
        .containsExactly(0.5f, 0.5f, 0.5f, 0.5f);
    assertThat(fixed(DataType.FLOAT64, Shape.of(), 5, 0.25).floats()).containsExactly(0.25f);
    assertThat(fixed(DataType.FLOAT32, Shape.of(-1), 4, 7.0).sizes()).containsExactly(4);
  }

  @Test
  void aListIsAsLongAsItsNumbers() {
    assertThat(fixed(DataType.INT64, Shape.of(-1), 4, 7.0, 8.0, 9.0).longs())
        .containsExactly(7, 8, 9);
  }

  @Test
  void wholeNumbersOfEachSize() {
    for (DataType type :
        List.of(DataType.INT8, DataType.UINT8, DataType.INT16, DataType.INT32, DataType.INT64)) {
      assertThat(fixed(type, Shape.of(1, 2), 1, 3.0, 100.0).longs()).containsExactly(3, 100);
    }
    assertThat(fixed(DataType.BOOL, Shape.of(1), 1, 1.0).longs()).containsExactly(1);
  }

  @Test
  void whatDoesNotFitIsSaid() {
    assertThatThrownBy(() -> fixed(DataType.FLOAT32, Shape.of(-1, 2), 1, 1.0, 2.0, 3.0))
        .isInstanceOf(InvalidInputException.class)
        .hasMessageContainingAll(
            "setting 'input'", "'a' of shape [?x2] takes 2 numbers", "found 3");
    assertThatThrownBy(() -> fixed(DataType.INT64, Shape.of(1), 1, 1.5))
        .isInstanceOf(InvalidInputException.class)
        .hasMessageContainingAll("'a' takes whole numbers", "found 1.5");
  }

  @Test
  void whatIsNotGivenIsDrawn() {
    Value image = new Value("x", new TensorType(DataType.FLOAT32, Shape.of(-1, 3, -1, -1)));
    Value size = new Value("a", new TensorType(DataType.INT64, Shape.of(-1, -1)));
    RunInputs inputs = new RunInputs(Map.of("x", Shape.of(-1, 3, 4, 5)), Map.of("a", List.of(9.0)));
    Map<String, Constant> drawn = inputs.draw(List.of(image, size), 2);
    assertThat(drawn.get("x").sizes()).containsExactly(2, 3, 4, 5);
    assertThat(drawn.get("a").longs()).containsExactly(9, 9);
  }
}
