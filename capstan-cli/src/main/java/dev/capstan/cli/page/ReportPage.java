package dev.capstan.cli.page;

import dev.capstan.cli.option.Spelling;
import dev.capstan.cli.table.CompressTable;
import dev.capstan.cli.table.Quantity;
import dev.capstan.cli.table.Table;
import dev.capstan.cli.table.TailLines;
import dev.capstan.cli.table.VerifiedLine;
import dev.capstan.error.InvalidInputException;
import dev.capstan.files.AtomicFile;
import dev.capstan.files.InputFile;
import dev.capstan.pipeline.result.JsonFile;
import dev.capstan.pipeline.result.ResultFiles;
import dev.capstan.report.CompressReport;
import dev.capstan.report.CompressReport.Change;
import dev.capstan.report.GoalResult;
import dev.capstan.report.Quality.Lost;
import dev.capstan.report.UncompressedTail;
import dev.capstan.text.Shown;
import gg.jte.ContentType;
import gg.jte.TemplateEngine;
import gg.jte.output.StringOutput;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;

/**
 * What the page of a result shows, in its order.
 *
 * @param record the result's record
 * @param report the result in it
 */
public record ReportPage(JsonNode record, CompressReport report) {
  private static final String RECORD = ".capstan.json";

  /** A named line. */
  public record Fact(String name, String words) {}

  /**
   * The page of a record.
   *
   * @param file the record, or the model that it lies beside
   * @throws InvalidInputException if there is no record of a compression
   */
  public static ReportPage of(Path file) {
    Path record = record(file);
    try {
      JsonNode read = JsonFile.JSON.readTree(InputFile.text(record));
      return new ReportPage(
          read, JsonFile.JSON.treeToValue(read.path("result"), CompressReport.class));
    } catch (JacksonException | NullPointerException | IllegalArgumentException e) {
      throw new InvalidInputException(
          record + ": expected the record of a compression, NAME" + RECORD + ", found another file",
          e);
    }
  }

  private static Path record(Path file) {
    boolean isRecord = file.getFileName().toString().endsWith(RECORD);
    return isRecord ? file : ResultFiles.of(file).record();
  }

  /**
   * Draws the page of a result beside its record.
   *
   * @return where it lies
   */
  public static Path leave(CompressReport report) {
    Path record = Path.of(report.files().record());
    Path page = beside(record);
    of(record).write(page);
    return page;
  }

  /** Where the page of a record lies: {@code NAME.capstan.html}. */
  public static Path beside(Path file) {
    Path record = record(file);
    return record.resolveSibling(record.getFileName().toString().replaceFirst("json$", "html"));
  }

  /**
   * Draws it.
   *
   * @throws InvalidInputException if the file cannot be written; what was there stays
   */
  public void write(Path file) {
    byte[] html = html().getBytes(StandardCharsets.UTF_8);
    AtomicFile.write(file, stream -> stream.write(html));
  }

  String html() {
    StringOutput output = new StringOutput();
    TemplateEngine.createPrecompiled(ContentType.Html).render("report.jte", this, output);
    return output.toString();
  }

  /** The file and what it came from. */
  public String title() {
    return "%s, a smaller %s".formatted(name(report.files().model()), source());
  }

  private String source() {
    return name(record.path("job").path("setup").path("model").asString("network"));
  }

  private static String name(String path) {
    return Shown.line(path.substring(Math.max(path.lastIndexOf('/'), path.lastIndexOf('\\')) + 1));
  }

  /** In a sentence. */
  public String lost() {
    Lost lost = report.quality().lost();
    Double agreement = lost.agreement();
    if (agreement != null) {
      return format(
          "It gives the original's class to %.1f %% of %d images that nothing was learned from.",
          100 * agreement, lost.images());
    }
    double worst = lost.outputError().values().stream().mapToDouble(e -> e).max().orElse(0);
    return format(
        "On %d images that nothing was learned from, its outputs are off by at most %.3g of their"
            + " variation.",
        lost.images(), worst);
  }

  /** In a sentence. */
  public String won() {
    Change macs = report.macs();
    double speedup =
        report.model().latencyMillis().batch1().before().oneThread()
            / report.model().latencyMillis().batch1().after().oneThread();
    return format(
        "It needs %.3f of the multiply-accumulates and %.3f of the parameters, and takes %.2f of"
            + " the time (batch 1, 1 thread).",
        macs.kept(), report.size().parameters().kept(), 1 / speedup);
  }

  /** What speaks against it. */
  public List<String> warnings() {
    return report.quality().lost().warnings().stream().map(Spelling::ofOptions).toList();
  }

  /** Whether it is what was asked for. */
  public boolean met() {
    return report.met();
  }

  /** What was asked for, and what came of it. */
  public String goal() {
    GoalResult goal = report.goal();
    return format(
        "%s: %s was asked for, %.3f reached%s.",
        met() ? "Met" : "Missed",
        goal.asked(),
        goal.reached(),
        report.quality().lost().met() ? "" : ", and more is lost than may be");
  }

  /** What its figures were measured on. */
  public String measuredOn() {
    return format(
        "Quality on %d images held out, or those of --val; times are medians in ONNX Runtime on"
            + " this machine, %s; multiply-accumulates and parameters are those of the whole file.",
        report.quality().lost().images(), report.work().machine().processor());
  }

  /** Before and after. */
  public Table figures() {
    return CompressTable.figures(report);
  }

  /** The sentences, what speaks against it, and the figures, in Markdown. */
  public String markdown() {
    List<String> lines = new ArrayList<>(List.of("**" + title() + "**", "", lost() + " " + won()));
    warnings().forEach(line -> lines.add("\n> **Warning:** " + line));
    lines.addAll(
        List.of("", goal(), "", "| figure | before | after | change |", "|---|--:|--:|--:|"));
    figures().rows().forEach(row -> lines.add("| " + String.join(" | ", row) + " |"));
    return String.join("\n", lines);
  }

  /** Channels along the network. */
  public WidthChart widths() {
    return WidthChart.of(report.size().channels());
  }

  /** What each stage chose. */
  public List<Fact> decisions() {
    return report.quality().decisions().stream()
        .map(made -> new Fact(made.subject(), "%s (%s)".formatted(made.kept(), made.why())))
        .toList();
  }

  /** What could not be compressed. */
  public List<String> tail() {
    UncompressedTail tail = report.model().tail();
    if (tail == null) {
      return List.of();
    }
    return Stream.concat(tail.reasons().stream(), TailLines.of(tail).lines())
        .filter(line -> !line.isEmpty())
        .toList();
  }

  /** How it came about. */
  public List<Fact> origin() {
    CompressReport.Work work = report.work();
    return List.of(
        new Fact("source", source() + ", SHA-256 " + text("source")),
        new Fact("files", String.join(", ", record.path("files").propertyNames())),
        new Fact("method", report.method().toString()),
        new Fact("images seen", Long.toString(work.imagesSeen().all())),
        new Fact("images left out", Integer.toString(work.skippedImages().size())),
        new Fact("seed", Long.toString(work.seed())),
        new Fact("verified", "in ONNX Runtime: " + VerifiedLine.of(report.model().verification())),
        new Fact("took", Quantity.duration(Duration.ofMillis(Math.round(1000 * work.seconds())))),
        new Fact(
            "machine",
            format(
                "%s, %d threads, %s",
                work.machine().processor(), work.machine().threads(), work.machine().precision())),
        new Fact("made by", "capstan " + text("capstan")));
  }

  private String text(String key) {
    return Shown.line(record.path(key).asString(""));
  }

  /** The job as it was resolved. */
  public String configuration() {
    return JsonFile.JSON.writeValueAsString(record.path("job"));
  }

  private static String format(String format, @Nullable Object... values) {
    return String.format(Locale.ROOT, format, values);
  }
}
