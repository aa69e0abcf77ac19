package dev.capstan.graph.op;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.capstan.cost.Cost;
import dev.capstan.error.InvalidInputException;
import dev.capstan.graph.DataType;
import dev.capstan.graph.Graph;
import dev.capstan.graph.Operator;
import dev.capstan.graph.Shape;
import dev.capstan.graph.ShapeInference;
import dev.capstan.graph.TensorType;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What ONNX Runtime does not judge: cost, and equations that make no sense. */
class EinsumTest {
  private static Graph graph(Operator operator, Shape a, Shape b) {
    return Graph.builder("g")
        .input("a", new TensorType(DataType.FLOAT32, a))
        .input("b", new TensorType(DataType.FLOAT32, b))
        .node(operator, "y", "a", "b")
        .build();
  }

  private static Graph product(String equation) {
    return graph(new Einsum(equation), Shape.of(2, 3, 5, 4), Shape.of(2, 3, 4, 6));
  }

  @Test
  void matrixProductCostsWhatMatMulCosts() {
    Graph matMul = graph(new MatMul(), Shape.of(2, 3, 5, 4), Shape.of(2, 3, 4, 6));

    assertThat(Cost.of(product("bhqd,bhdk->bhqk"))).isEqualTo(Cost.of(matMul));
    assertThat(Cost.of(product("...qd,...dk->...qk")).macs()).isEqualTo(3 * 5 * 4 * 6);
  }

  @Test
  void productsWithoutASumCostNothing() {
    assertThat(Cost.of(product("bhqd,bhdk->bhqdk")).macs()).isZero();
  }

  @Test
  void openExtentsStayOpen() {
    Graph open = graph(new Einsum("bhqd,bhkd->bhqk"), Shape.of(-1, 3, -1, 4), Shape.of(2, 3, 7, 4));

    assertThat(ShapeInference.of(open).get("y").shape()).isEqualTo(Shape.of(2, 3, -1, 7));
  }

  @ParameterizedTest
  @ValueSource(strings = {"bhqd;bhdk", "bhqd,bhdk->bhqk->b", "b..d,bk", "......,a", "b1,b1->b"})
  void noEquation(String equation) {
    assertThatThrownBy(() -> new Einsum(equation))
        .isInstanceOf(InvalidInputException.class)
        .hasMessage("expected an equation like 'ij,jk->ik', found '" + equation + "'");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "bhqd->bhq         | expected 1 inputs for 'bhqd->bhq', found 2",
        "bhq,bhdk->b       | expected input 0 to have axes 'bhq', found shape [2x3x5x4]",
        "bhqd,bhdk...e->b  | expected input 1 to have axes 'bhdk...e', found shape [2x3x4x6]",
        "bhqd,bhdk->bz     | output axis 'z' is in no input, or twice",
        "bhqd,bhdk->bb     | output axis 'b' is in no input, or twice",
        "bhqd,bhqk->b      | shapes [5] and [4] do not broadcast",
      })
  void equationThatDoesNotFit(String equation, String message) {
    assertThatThrownBy(() -> ShapeInference.of(product(equation)))
        .isInstanceOf(InvalidInputException.class)
        .hasMessage("node 'y' (Einsum): " + message);
  }
}
