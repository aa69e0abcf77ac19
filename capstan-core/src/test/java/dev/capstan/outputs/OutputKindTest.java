package dev.capstan.outputs;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.capstan.error.InvalidInputException;
import dev.capstan.graph.Constant;
import dev.capstan.graph.DataType;
import dev.capstan.graph.ForeignNode;
import dev.capstan.graph.Graph;
import dev.capstan.graph.SeenShapes;
import dev.capstan.graph.Shape;
import dev.capstan.graph.Tail;
import dev.capstan.graph.TensorType;
import dev.capstan.graph.Value;
import dev.capstan.graph.op.Identity;
import dev.capstan.graph.op.Relu;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class OutputKindTest {
  private static Graph network(Shape shape, String... outputs) {
    TensorType type = new TensorType(DataType.FLOAT32, shape);
    Graph.Builder builder = Graph.builder("g").input("x", type);
    for (String output : outputs) {
      builder.node(new Relu(), output, "x").output(output, type);
    }
    return builder.build();
  }

  @Test
  void oneOutputOfTwoAxesIsTakenForClasses() {
    assertThat(OutputKind.of(network(Shape.of(-1, 10), "y"))).isEqualTo(OutputKind.CLASSES);
    assertThat(OutputKind.of(network(Shape.of(-1, 10, 4), "y"))).isEqualTo(OutputKind.VALUES);
    assertThat(OutputKind.of(network(Shape.of(-1, 10), "y", "z"))).isEqualTo(OutputKind.VALUES);
  }

  @Test
  void whatIsSaidStaysWithTheNetwork() {
    Graph marked = OutputKind.VALUES.mark(network(Shape.of(-1, 10), "y"));
    Graph changed = marked.edit().node(new Identity(), "z", "y").build();

    assertThat(OutputKind.of(changed)).isEqualTo(OutputKind.VALUES);
    assertThat(OutputKind.of(OutputKind.CLASSES.mark(changed))).isEqualTo(OutputKind.CLASSES);
  }

  @Test
  void notAllOutputsMayBeClasses() {
    Graph map = network(Shape.of(-1, 10, 4, 4), "map");

    assertThatThrownBy(() -> OutputKind.CLASSES.mark(map))
        .isInstanceOf(InvalidInputException.class)
        .hasMessageContaining("[map]");
    assertThat(OutputKind.of(OutputKind.VALUES.mark(map))).isEqualTo(OutputKind.VALUES);
  }

  /** Numbers that a tail decodes are no logits, those it picks the largest of are. */
  @Test
  void whatATailMakesOfAnOutputTellsItsKind() {
    Graph network = network(Shape.of(-1, 10), "y");

    assertThat(OutputKind.of(network.edit().tail(new Follows(true)).build()))
        .isEqualTo(OutputKind.CLASSES);
    Graph decoded = network.edit().tail(new Follows(false)).build();
    assertThat(OutputKind.of(decoded)).isEqualTo(OutputKind.VALUES);
    assertThat(OutputKind.of(OutputKind.CLASSES.mark(decoded))).isEqualTo(OutputKind.CLASSES);
  }

  private record Follows(boolean chooses) implements Tail {

    @Override
    public List<String> reads() {
      return List.of("y");
    }

    @Override
    public List<String> outputs() {
      return List.of("z");
    }

    @Override
    public List<ForeignNode> readers(String value) {
      String type = chooses ? "ArgMax" : "Decode";
      return value.equals("y")
          ? List.of(new ForeignNode("n", "", type, Map.of(), List.of("y"), List.of("z"), List.of()))
          : List.of();
    }

    @Override
    public List<String> reasons() {
      return List.of("unknown");
    }

    @Override
    public List<ForeignNode> nodes() {
      return List.of();
    }

    @Override
    public Map<String, Constant> constants() {
      return Map.of();
    }

    @Override
    public List<Value> inputs() {
      return List.of();
    }

    @Override
    public SeenShapes shapes() {
      return SeenShapes.NONE;
    }

    @Override
    public Tail seen(SeenShapes shapes) {
      return this;
    }

    @Override
    public Tail exposed() {
      return this;
    }
  }
}
