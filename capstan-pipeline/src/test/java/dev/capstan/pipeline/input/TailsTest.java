package dev.capstan.pipeline.input;

import static org.assertj.core.api.Assertions.assertThat;

import dev.capstan.graph.Graph;
import dev.capstan.graph.Tail;
import dev.capstan.pipeline.TinyInputs;
import dev.capstan.report.UncompressedTail;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What is told of the part of a network that is carried over. */
final class TailsTest {
  /** A part that is made up. */
  private record Made(List<String> reads, List<String> reasons, List<String> weighted)
      implements Tail {
    @Override
    public boolean choosesFrom(String value) {
      return false;
    }
  }

  private static final List<String> READS = List.of("map", "logits");
  private static final List<String> REASONS = List.of("node 'nms': not known", "node 'x': neither");
  private static final Tail TAIL = new Made(READS, REASONS, List.of("fc1", "fc2"));

  @Test
  void allOfItIsTold() {
    assertThat(Tails.told(TAIL, "no such operator"))
        .isEqualTo(new UncompressedTail(REASONS, List.of("fc1", "fc2"), READS, "no such operator"));
    assertThat(Tails.told(TAIL, null).refusal()).isNull();
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
  void whoeverWaitsIsToldWhereItBeginsAndWhatStaysUncounted() {
    assertThat(Tails.note(TAIL))
        .startsWith("node 'nms': not known: ")
        .contains("the weights of fc1, fc2,")
        .endsWith("up to map, logits");
    assertThat(Tails.note(new Made(READS, REASONS, List.of())))
        .doesNotContain("weights")
        .endsWith("up to map, logits");
  }
}
