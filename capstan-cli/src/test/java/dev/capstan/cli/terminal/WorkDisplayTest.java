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

final class WorkDisplayTest {
  private final ByteArrayOutputStream printed = new ByteArrayOutputStream();
  private final PrintStream err = new PrintStream(printed, true, StandardCharsets.UTF_8);
  private final List<Integer> exits = new ArrayList<>();
  private final Interruption interruption = new Interruption(exits::add);

  private WorkDisplay display(boolean terminal, boolean quiet) {
    Console console = new Console(err, err, Map.of(), terminal, terminal);
    return new WorkDisplay(console, quiet, interruption.poll());
  }

  @Test
  void showsEachTaskInTurn() {
    WorkDisplay display = display(true, false);
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
    WorkDisplay display = display(true, true);
    display.begin("learn", 3);
    display.advance(3, List.of());
    display.end();
    display.note("done");

    assertThat(printed.size()).isZero();
  }

  @Test
  void aSignalStopsTheWorkAtItsNextStep() {
    WorkDisplay display = display(false, true);
    display.begin("learn", 3);
    display.advance(1, List.of());
    interruption.signal(2);

    assertThatThrownBy(() -> display.advance(2, List.of()))
        .isInstanceOf(InterruptedWorkException.class);
    assertThat(exits).isEmpty();
    assertThat(interruption.exitCode()).hasValue(130);
  }
}
