package dev.capstan.cli.terminal;

import dev.capstan.cli.option.Spelling;
import dev.capstan.recipe.WorkListener;
import dev.capstan.recipe.WorkListener.Figure;
import dev.capstan.text.Shown;
import java.util.List;
import java.util.Locale;
import java.util.function.BooleanSupplier;
import java.util.stream.Collectors;

/** Shows work on {@code err}, and stops it when a signal asks for that. */
public final class WorkDisplay implements WorkListener {
  private static final Progress NOTHING = (done, figures) -> {};

  private final Console console;
  private final boolean quiet;
  private final BooleanSupplier stop;
  private Progress current = NOTHING;

  /**
   * A display for one job.
   *
   * @param quiet whether to show nothing
   * @param stop whether the job is to stop
   */
  public WorkDisplay(Console console, boolean quiet, BooleanSupplier stop) {
    this.console = console;
    this.quiet = quiet;
    this.stop = stop;
  }

  @Override
  public void begin(String what, long steps) {
    end();
    current = quiet ? NOTHING : Progress.open(console, what, steps);
  }

  @Override
  public void advance(long done, List<Figure> figures) {
    if (stop.getAsBoolean()) {
      end();
      throw new InterruptedWorkException();
    }
    current.reached(done, shown(figures));
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
    if (!quiet) {
      current.say(console.err(), Shown.line(Spelling.ofOptions(line)));
    }
  }

  /** Tells which images were left out, also where nothing else is told: results are of the rest. */
  public void skipped(List<String> images) {
    if (!images.isEmpty()) {
      console
          .err()
          .println(
              "skipped %d damaged images, the first: %s"
                  .formatted(images.size(), Shown.line(images.get(0))));
    }
  }

  /** Tells what a result has lost that is much, also where nothing else is told. */
  public void warnings(List<String> lines) {
    String label = console.errColours().string("@|bold,red WARNING:|@");
    lines.forEach(line -> console.err().println(label + " " + Spelling.ofOptions(line)));
  }

  /** Tells in one line which limits were missed, also where nothing else is told. */
  public void missed(List<String> limits) {
    if (!limits.isEmpty()) {
      String label = console.errColours().string("@|bold,red MISSED:|@");
      String line = Spelling.ofOptions(String.join("; ", limits));
      console.err().println(label + " " + Shown.line(line));
    }
  }
}
