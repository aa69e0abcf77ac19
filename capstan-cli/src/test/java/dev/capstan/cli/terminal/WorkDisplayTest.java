package dev.capstan.cli.terminal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.capstan.cli.Interruption;
import dev.capstan.recipe.WorkListener.Figure;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

final class WorkDisplayTest {
  private final ByteArrayOutputStream printed = new ByteArrayOutputStream();
  private final PrintStream err = new PrintStream(printed, true, StandardCharsets.UTF_8);
  private final List<Integer> exits = new ArrayList<>();
  private final Interruption interruption = new Interruption(exits::add);

  private WorkDisplay display(boolean terminal, Following how) {
    Console console = new Console(err, err, Map.of(), terminal, terminal);
    return new WorkDisplay(console, how, interruption.poll());
  }

  @Test
  void showsEachTaskInTurn() {
    WorkDisplay display = display(true, Following.AUTO);
    display.begin("measure", 2);
    display.advance(2, List.of());
    display.begin("learn", 3);
    display.advance(3, List.of(new Figure("loss", 0.3)));
    display.end();
    display.note("done");

    assertThat(printed.toString(StandardCharsets.UTF_8))
        .contains("measure 100%", "learn 100%", "loss 0.3", "done");
  }

  @Test
  void quietShowsNothing() {
    WorkDisplay display = display(true, Following.NONE);
    display.begin("learn", 3);
    display.advance(3, List.of());
    display.end();
    display.note("done");

    assertThat(printed.size()).isZero();
  }

  @Test
  void aSignalStopsTheWorkAtItsNextStep() {
    WorkDisplay display = display(false, Following.NONE);
    display.begin("learn", 3);
    display.advance(1, List.of());
    interruption.signal(2);

    assertThatThrownBy(() -> display.advance(2, List.of()))
        .isInstanceOf(InterruptedWorkException.class);
    assertThat(exits).isEmpty();
    assertThat(interruption.exitCode()).hasValue(130);
  }

  /** Every line is an object, whatever is told. */
  @Test
  void aProgramReadsObjects() {
    WorkDisplay display = display(true, Following.JSON);
    display.begin("learn \"it\"", 3);
    display.advance(3, List.of(new Figure("loss", 0.3)));
    display.note("setting 'crop' \u001b[31m");
    display.end();
    display.skipped(List.of("a.jpg: damaged"));
    display.missed(List.of("setting 'min-top1' 50"));

    List<JsonNode> events =
        printed
            .toString(StandardCharsets.UTF_8)
            .lines()
            .map(line -> JsonMapper.shared().readTree(line))
            .toList();
    assertThat(events)
        .extracting(event -> event.at("/event").asString())
        .containsExactly("begin", "note", "end", "skipped", "missed");
    assertThat(events.get(0).at("/task").asString()).isEqualTo("learn \"it\"");
    assertThat(events.get(2).at("/done").asInt()).isEqualTo(3);
    assertThat(events.get(4).at("/text").asString()).isEqualTo("--min-top1 50");
  }
}
