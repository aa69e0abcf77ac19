package dev.capstan.cli.terminal;

import dev.capstan.cli.option.Spelling;
import dev.capstan.recipe.WorkListener;
import dev.capstan.recipe.WorkListener.Figure;
import dev.capstan.text.Shown;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Timer;
import java.util.TimerTask;
import java.util.function.BooleanSupplier;
import java.util.function.LongSupplier;
import java.util.stream.Collectors;

/**
 * Shows work on {@code err}, and stops it when a signal asks for that. Where nothing is heard of
 * the work for some seconds it shows by itself that it goes on.
 */
public final class WorkDisplay implements WorkListener, AutoCloseable {
  private static final Progress NOTHING = (done, figures) -> {};

  /** Between lines; with the second from one look to the next under five. */
  private static final Duration PATIENCE = Duration.ofSeconds(4);

  /** In milliseconds. */
  private static final long SECOND = 1000;

  private final Console console;
  private final Following how;
  private final BooleanSupplier stop;
  private final LongSupplier clock;
  private final Pace lines;
  private final Timer beat = new Timer("display", true);
  private Progress current;

  /**
   * A display for one job.
   *
   * @param how what is shown of it
   * @param stop whether the job is to stop
   */
  public WorkDisplay(Console console, Following how, BooleanSupplier stop) {
    this(console, how, stop, System::nanoTime);
    beat.schedule(
        new TimerTask() {
          @Override
          public void run() {
            alive();
          }
        },
        SECOND,
        SECOND);
  }

  /** One that has to be told when another second has gone. */
  WorkDisplay(Console console, Following how, BooleanSupplier stop, LongSupplier clock) {
    this.console = console;
    this.how = how;
    this.stop = stop;
    this.clock = clock;
    this.lines = new Pace(PATIENCE, clock);
    this.current = new Waiting(console, how, lines);
  }

  /** Shows that work goes on. */
  synchronized void alive() {
    current.alive();
  }

  @Override
  public synchronized void begin(String what, long steps) {
    end();
    stopIfAsked();
    current = progress(what, steps);
  }

  /** A bar on a terminal, else a line now and then; objects where a program follows. */
  private Progress progress(String task, long total) {
    return switch (how) {
      case NONE -> NOTHING;
      case JSON -> new ProgressObjects(console.err(), task, total, clock);
      case AUTO ->
          console.errIsTerminal()
              ? new ProgressBarDisplay(console, task, total)
              : new ProgressLines(console.err(), task, total, lines);
    };
  }

  @Override
  public synchronized void advance(long done, List<Figure> figures) {
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
  public synchronized void end() {
    current.close();
    if (how == Following.JSON || console.errIsTerminal()) {
      lines.told();
    }
    current = new Waiting(console, how, lines);
  }

  /** Shows nothing more but what it is told. */
  @Override
  public synchronized void close() {
    beat.cancel();
    current.close();
    current = NOTHING;
  }

  @Override
  public synchronized void note(String line) {
    String shown = Shown.line(Spelling.ofOptions(line));
    makeRoom();
    if (how == Following.JSON) {
      ProgressObjects.event(console.err(), "note", Map.of("text", shown));
    } else if (how == Following.AUTO) {
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

  private void makeRoom() {
    current.makeRoom();
    lines.told();
  }

  private synchronized void tell(String event, String label, String line) {
    makeRoom();
    if (how == Following.JSON) {
      ProgressObjects.event(console.err(), event, Map.of("text", line));
    } else {
      console.say(label, line);
    }
  }
}
