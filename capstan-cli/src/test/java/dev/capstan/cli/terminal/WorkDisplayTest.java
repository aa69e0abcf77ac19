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

  /** A display whose seconds pass where the test says so. */
  private final class Slow {
    private final WorkDisplay display;
    private long seconds;

    Slow(boolean terminal, Following how) {
      Console console = new Console(err, err, Map.of(), terminal, terminal);
      display = new WorkDisplay(console, how, () -> false, () -> seconds * 1_000_000_000);
    }

    /** What is shown while nothing is heard of the work for so many seconds. */
    String passed(int count) {
      printed.reset();
      for (int i = 0; i < count; i++) {
        seconds++;
        display.alive();
      }
      return printed.toString(StandardCharsets.UTF_8);
    }
  }

  /** Whatever the work does, and whoever reads: a log, a program, a person. */
  @Test
  void noFiveSecondsPassWithoutASign() {
    for (Following how : List.of(Following.AUTO, Following.JSON)) {
      Slow slow = new Slow(false, how);
      assertThat(slow.passed(3)).isEmpty();
      assertThat(slow.passed(1)).containsAnyOf("still working, 0:04", "\"alive\"").hasLineCount(1);
      slow.display.note("images were read");
      assertThat(slow.passed(8)).hasLineCount(2);
      slow.display.begin("refit", 9);
      assertThat(slow.passed(4)).contains("refit").containsAnyOf("0:04 so far", "\"seconds\":4.0");
      slow.display.advance(1, List.of(new Figure("error", 0.5)));
      assertThat(slow.passed(4)).contains("error 0.5");
      slow.display.end();
      assertThat(slow.passed(5)).isNotEmpty();
      slow.display.close();
      assertThat(slow.passed(20)).isEmpty();
    }
    assertThat(new Slow(true, Following.NONE).passed(60)).isEmpty();
  }

  @Test
  void linesOfALogComeEveryFewSecondsWhateverTasksTake() {
    Slow slow = new Slow(false, Following.AUTO);
    slow.display.begin("learn", 100);
    StringBuilder log = new StringBuilder(slow.passed(1));
    for (int done = 1; done <= 8; done++) {
      slow.display.advance(done, done == 7 ? List.of(new Figure("loss", 0.3)) : List.of());
      log.append(slow.passed(1));
    }
    slow.display.end();
    slow.display.begin("judge refitted", 3);
    slow.display.advance(1, List.of());
    log.append(slow.passed(3));
    assertThat(log.toString().lines())
        .containsExactly(
            "learn: 3 of 100, 2:09 left",
            "learn: 7 of 100, loss 0.3000, 1:46 left",
            "judge refitted: 1 of 3, 0:06 left");
  }

  /** It is drawn again every second, and nothing of it is left beside what is told. */
  @Test
  void onATerminalItIsOneLineThatGoesAway() {
    Slow slow = new Slow(true, Following.AUTO);
    assertThat(slow.passed(6))
        .isEqualTo("\rstill working, 0:04\rstill working, 0:05\rstill working, 0:06");

    printed.reset();
    slow.display.note("read");

    assertThat(printed.toString(StandardCharsets.UTF_8)).matches("\r {79}\rread\\R");
  }

  /** A bar's clock goes on by itself. */
  @Test
  void aBarIsDrawnWhereNothingIsHeard() throws InterruptedException {
    WorkDisplay display = display(true, Following.AUTO);
    display.begin("refit", 9);
    awaitMore();
    awaitMore();
    display.close();
  }

  private void awaitMore() throws InterruptedException {
    int before = printed.size();
    for (int i = 0; i < 100 && printed.size() == before; i++) {
      Thread.sleep(50);
    }
    assertThat(printed.size()).isGreaterThan(before);
  }

  @Test
  void aBarFitsTheTerminal() {
    Console narrow = new Console(err, err, Map.of("COLUMNS", "50"), true, true);
    WorkDisplay display = new WorkDisplay(narrow, Following.AUTO, interruption.poll());
    display.begin("judge re-estimated", 9);
    display.advance(9, List.of(new Figure("error before", 0.5)));
    display.close();

    assertThat(printed.toString(StandardCharsets.UTF_8).split("[\r\n]+"))
        .isNotEmpty()
        .allMatch(line -> line.length() < 50);
  }
}
