package dev.capstan.bench;

import dev.capstan.files.TemporaryFolder;
import dev.capstan.job.CompressJob;
import dev.capstan.onnx.OnnxWriter;
import dev.capstan.pipeline.Compressor;
import dev.capstan.pipeline.Compressor.Forecast;
import dev.capstan.recipe.WorkListener;
import dev.capstan.report.CompressReport;
import dev.capstan.zoo.Zoo;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;

/**
 * How long a whole job takes by default, from a model's file to the verified one, and in which
 * parts: {@code JobBenchmark MODEL PHOTOS [KEEP]}, MODEL being an ONNX file or an architecture
 * whose weights are drawn at random. First what each stage may cost by the plan, then what each
 * kind of work took: by the clock, and in seconds of all processors together, which other processes
 * on the machine lengthen less.
 */
public final class JobBenchmark {
  private static final double NANOS = 1e-9;

  private JobBenchmark() {}

  /** Runs the job in a folder of its own. */
  public static void main(String[] args) {
    try (TemporaryFolder folder = TemporaryFolder.make()) {
      double keep = args.length > 2 ? Double.parseDouble(args[2]) : 0.5;
      time(
          CompressJob.of(
                  model(args[0], folder.path()),
                  Path.of(args[1]),
                  folder.path().resolve("small.onnx"))
              .withKeepMacs(keep));
    }
  }

  private static Path model(String name, Path folder) {
    if (Files.exists(Path.of(name))) {
      return Path.of(name);
    }
    Path drawn = folder.resolve(name + ".onnx");
    OnnxWriter.write(Zoo.random(name, 1), drawn);
    return drawn;
  }

  private static void time(CompressJob job) {
    tell(Compressor.forecast(job, WorkListener.NONE));
    Times times = new Times();
    Spent all = Spent.now();
    CompressReport report = Compressor.run(job, times);
    Spent whole = all.until(Spent.now());
    times.tell();
    line("all", "%9.1f %9.1f", whole.wall(), whole.processors());
    System.out.printf(
        Locale.ROOT, "%.3f of the MACs, %s%n", report.macs().kept(), report.model().verification());
  }

  private static void tell(Forecast forecast) {
    line("stage", "%9s %9s", "runs", "s planned");
    forecast
        .stages()
        .forEach(stage -> line(stage.stage(), "%9.0f %9.1f", stage.forwardRuns(), stage.seconds()));
    line("all", "%9d %9.1f", forecast.forwardRuns(), forecast.seconds());
    line("work", "%9s %9s", "s", "CPU s");
  }

  private static void line(String name, String format, Object... figures) {
    System.out.println("%-20s ".formatted(name) + String.format(Locale.ROOT, format, figures));
  }

  /**
   * Time that is over, or that something took.
   *
   * @param wall seconds
   * @param processors seconds of all processors together that this process ran on
   */
  private record Spent(double wall, double processors) {
    static Spent now() {
      Duration used = ProcessHandle.current().info().totalCpuDuration().orElse(Duration.ZERO);
      return new Spent(NANOS * System.nanoTime(), NANOS * used.toNanos());
    }

    Spent until(Spent end) {
      return new Spent(end.wall - wall, end.processors - processors);
    }

    Spent plus(Spent more) {
      return new Spent(wall + more.wall, processors + more.processors);
    }
  }

  /** Sums up each kind of work. */
  private static final class Times implements WorkListener {
    private final Map<String, Spent> byWork = new LinkedHashMap<>();
    private String work = "";
    private Spent begun = Spent.now();

    @Override
    public void begin(String what, long steps) {
      pass("before " + what);
      work = what;
    }

    @Override
    public void end() {
      pass(work);
    }

    private void pass(String name) {
      Spent now = Spent.now();
      byWork.merge(name, begun.until(now), Spent::plus);
      begun = now;
    }

    void tell() {
      pass("after " + work);
      byWork.forEach((name, spent) -> line(name, "%9.1f %9.1f", spent.wall, spent.processors));
    }
  }
}
