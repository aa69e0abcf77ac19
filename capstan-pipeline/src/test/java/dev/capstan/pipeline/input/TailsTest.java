package dev.capstan.pipeline.input;

import static org.assertj.core.api.Assertions.assertThat;

import dev.capstan.graph.Constant;
import dev.capstan.graph.DataType;
import dev.capstan.graph.ForeignNode;
import dev.capstan.graph.Graph;
import dev.capstan.graph.SeenShapes;
import dev.capstan.graph.Shape;
import dev.capstan.graph.Tail;
import dev.capstan.graph.TensorType;
import dev.capstan.graph.Value;
import dev.capstan.pipeline.TinyInputs;
import dev.capstan.report.UncompressedTail;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** What is told of the part of a network that is carried over. */
final class TailsTest {
  /** A part that is made up: two layers and what multiplies nothing. */
  private record Made(
      List<String> reads,
      List<String> reasons,
      List<ForeignNode> nodes,
      Map<String, Constant> constants,
      List<Value> inputs,
      SeenShapes shapes)
      implements Tail {
    @Override
    public Tail seen(SeenShapes seen) {
      return new Made(reads, reasons, nodes, constants, inputs, seen);
    }

    @Override
    public Tail exposed() {
      return this;
    }

    @Override
    public List<String> outputs() {
      return List.of();
    }

    @Override
    public List<ForeignNode> readers(String value) {
      return nodes.stream().filter(node -> node.inputs().contains(value)).toList();
    }
  }

  private static final List<String> READS = List.of("map", "logits");
  private static final List<String> REASONS = List.of("node 'nms': not known", "node 'x': neither");

  private static final Tail FREE =
      new Made(READS, REASONS, List.of(node("nms", "TopK")), Map.of(), List.of(), SeenShapes.NONE);
  private static final Tail TAIL =
      new Made(
          READS,
          REASONS,
          List.of(node("nms", "TopK"), node("fc1", "MatMul", "logits", "w"), node("own", "Own")),
          Map.of("w", Constant.of(new float[12], 3, 4)),
          List.of(new Value("limit", new TensorType(DataType.FLOAT32, Shape.of(-1, 2)))),
          SeenShapes.NONE);

  private static ForeignNode node(String name, String type, String... inputs) {
    return new ForeignNode(
        name, "", type, Map.of(), List.of(inputs), List.of(name + ".y"), List.of());
  }

  @Test
  void allOfItIsTold() {
    UncompressedTail told = Tails.told(TAIL, List.of(), "no such operator");
    assertThat(told)
        .isEqualTo(
            new UncompressedTail(
                REASONS,
                List.of("fc1"),
                READS,
                0,
                12,
                List.of("node 'fc1' (MatMul)", "node 'own' (Own)"),
                List.of(),
                "no such operator"));
    assertThat(Tails.told(TAIL, List.of(), null).refusal()).isNull();
  }

  @Test
  void whatARunShowsIsCounted() {
    Map<String, Shape> shapes = Map.of("logits", Shape.of(2, 3), "fc1.y", Shape.of(2, 4));
    UncompressedTail told =
        Tails.told(TAIL.seen(new SeenShapes(2, shapes)), List.of("limit"), null);
    assertThat(told.macs()).isEqualTo(12);
    assertThat(told.uncounted()).containsExactly("node 'own' (Own)");
    assertThat(told.assumed()).containsExactly("limit");
  }

  @Test
  void aMissingInputIsNamedWithTheWayToGiveIt() {
    Graph graph = TinyInputs.graph().edit().tail(TAIL).build();
    assertThat(Tails.missing(graph, Set.of())).containsExactly("limit");
    assertThat(Tails.missing(graph, Set.of("limit"))).isEmpty();
    assertThat(Tails.ask(TAIL, "limit"))
        .contains("'limit'", "[?x2]", "setting 'input' limit=NUMBER,...");
  }

  @Test
  void theFirstReasonTellsWhy() {
    Graph graph = TinyInputs.graph();

    assertThat(Tails.why(graph.edit().tail(TAIL).build()))
        .startsWith("node 'nms': not known; ")
        .doesNotContain("neither");
    assertThat(Tails.why(graph)).isEmpty();
  }

  @Test
  void aNetworkThatIsAllTailIsRefusedByWhatItReads() {
    Value words = new Value("ids", new TensorType(DataType.INT64, Shape.of(-1, 20)));
    Tail text = new Made(List.of(), REASONS, List.of(), Map.of(), List.of(words), SeenShapes.NONE);

    assertThat(Tails.refusal(text)).contains("'ids', int64[?x20]", "see pictures or arrays");
    assertThat(Tails.refusal(TAIL)).endsWith("comes before node 'nms': not known");
  }

  @Test
  void whoeverWaitsIsToldWhereItBeginsAndWhichWeightsStay() {
    assertThat(Tails.note(TAIL))
        .startsWith("node 'nms': not known: ")
        .contains("the weights of fc1;")
        .endsWith("up to map, logits");
    assertThat(Tails.note(FREE)).doesNotContain("weights").endsWith("up to map, logits");
  }
}
