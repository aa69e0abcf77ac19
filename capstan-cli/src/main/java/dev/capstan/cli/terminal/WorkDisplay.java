package dev.capstan.cli.terminal;

import dev.capstan.cli.option.Spelling;
import dev.capstan.recipe.WorkListener;
import dev.capstan.recipe.WorkListener.Figure;
import dev.capstan.text.Shown;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.BooleanSupplier;
import java.util.stream.Collectors;

/** Shows work on {@code err}, and stops it when a signal asks for that. */
public final class WorkDisplay implements WorkListener {
  static final Progress NOTHING = (done, figures) -> {};

  private final Console console;
  private final Following how;
  private final BooleanSupplier stop;
  private Progress current = NOTHING;

  /**
   * A display for one job.
   *
   * @param how what is shown of it
   * @param stop whether the job is to stop
   */
  public WorkDisplay(Console console, Following how, BooleanSupplier stop) {
    this.console = console;
    this.how = how;
    this.stop = stop;
  }

  @Override
  public void begin(String what, long steps) {
    end();
    stopIfAsked();
    current = Progress.open(console, how, what, steps);
  }

  @Override
  public void advance(long done, List<Figure> figures) {
    stopIfAsked();
    current.reached(done, shown(figures));
  }

  private void stopIfAsked() {
    if (stop.getAsBoolean()) {
      end();
      throw new InterruptedWorkException("interrupted");
    }
  }

  private static String shown(List<Figure> figures) {
    return figures.stream()
        .map(figure -> String.format(Locale.ROOT, "%s %.4g", figure.name(), figure.value()))
        .collect(Collectors.joining(", "));
  }

  @Override
  public void end() {
    current.close();
    current = NOTHING;
  }

  @Override
  public void note(String line) {
    String shown = Shown.line(Spelling.ofOptions(line));
    if (how == Following.JSON) {
      ProgressObjects.event(console.err(), "note", Map.of("text", shown));
    } else if (how == Following.AUTO) {
      current.makeRoom();
      console.say(shown);
    }
  }

  /** Tells which images were left out, also where nothing else is told: results are of the rest. */
  public void skipped(List<String> images) {
    if (!images.isEmpty()) {
      String first = Shown.line(images.get(0));
      tell(
          "skipped",
          "",
          "skipped %d damaged images, the first: %s".formatted(images.size(), first));
    }
  }

  /** Tells what a result has lost that is much, also where nothing else is told. */
  public void warnings(List<String> lines) {
    lines.forEach(line -> tell("warning", "WARNING: ", Spelling.ofOptions(line)));
  }

  /** Tells in one line which limits were missed, also where nothing else is told. */
  public void missed(List<String> limits) {
    if (!limits.isEmpty()) {
      tell("missed", "MISSED: ", Shown.line(Spelling.ofOptions(String.join("; ", limits))));
    }
  }

  private void tell(String event, String label, String line) {
    if (how == Following.JSON) {
      ProgressObjects.event(console.err(), event, Map.of("text", line));
    } else {
      current.makeRoom();
      console.say(label, line);
    }
  }
}
