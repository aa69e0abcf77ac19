package dev.capstan.cli.page;

import dev.capstan.cli.table.Markdown;
import dev.capstan.error.InvalidInputException;
import dev.capstan.files.AtomicFile;
import dev.capstan.files.InputFile;
import dev.capstan.pipeline.Planner;
import dev.capstan.pipeline.evidence.Evidence;
import dev.capstan.pipeline.result.JsonFile;
import dev.capstan.pipeline.result.OutputFile;
import dev.capstan.pipeline.result.ResultFiles;
import dev.capstan.report.CompareReport;
import dev.capstan.report.CompressReport;
import dev.capstan.report.TrainReport;
import dev.capstan.text.Shown;
import gg.jte.ContentType;
import gg.jte.TemplateEngine;
import gg.jte.output.StringOutput;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;

/**
 * A result as a page: one file of HTML that needs no other.
 *
 * @param page what it shows
 * @param markdown a summary of it
 * @param document what it was drawn from
 */
public record ReportPage(Page page, String markdown, JsonNode document) {
  private static final String RECORD = ".capstan.json";

  /**
   * The page of a record.
   *
   * @param file the record of a compression or a training, the model that it lies beside, or the
   *     {@code results.json} of a comparison
   * @throws InvalidInputException if it is none of these, or the model beside it is another's
   */
  public static ReportPage of(Path file) {
    Path record =
        file.getFileName().toString().endsWith(".json") ? file : ResultFiles.recordOf(file);
    String name = record.getFileName().toString();
    if (name.endsWith(RECORD)) {
      String stem = name.substring(0, name.length() - RECORD.length());
      ResultFiles.of(record.resolveSibling(stem + ".onnx")).checkWhole();
    }
    return read(record);
  }

  private static ReportPage read(Path record) {
    try {
      return of(JsonFile.JSON.readTree(InputFile.text(record)));
    } catch (JacksonException | NullPointerException | IllegalArgumentException e) {
      throw new InvalidInputException(
          "%s: expected the record of a result, NAME%s or the results.json of compare, found another file"
              .formatted(record, RECORD),
          e);
    }
  }

  private static ReportPage of(JsonNode record) {
    if (record.path("rows").isArray()) {
      ComparePage compared = new ComparePage(as(record, CompareReport.class));
      return new ReportPage(compared.page(), compared.markdown(), record);
    }
    JsonNode result = record.path("result");
    JsonNode looked = record.path("evidence");
    Evidence evidence = looked.isObject() ? as(looked, Evidence.class) : Evidence.NONE;
    if (!result.path("goal").isObject() && result.path("imagesSeen").isNumber()) {
      TrainPage trained = new TrainPage(record, as(result, TrainReport.class), evidence);
      return new ReportPage(trained.page(), trained.markdown(), record);
    }
    CompressReport report = as(result, CompressReport.class);
    WholeRecord.check(report, "result");
    CompressPage compressed = new CompressPage(record, report, evidence);
    return new ReportPage(compressed.page(), compressed.markdown(), record);
  }

  private static <T> T as(JsonNode node, Class<T> type) {
    return JsonFile.JSON.treeToValue(node, type);
  }

  /** The page of a plan for a model. */
  public static ReportPage of(Path model, Planner.Result planned) {
    String name = Shown.line(model.getFileName().toString());
    Page page = new PlanPage(name, planned.plan(), planned.images(), planned.evidence()).page();
    return new ReportPage(
        page,
        "**%s**\n\n%s".formatted(Markdown.text(page.title()), Markdown.text(page.lead())),
        JsonFile.JSON.createObjectNode());
  }

  /** Where the page of a record, or of the model beside it, lies: {@code NAME.capstan.html}. */
  public static Path beside(Path file) {
    String name = file.getFileName().toString();
    return name.endsWith(".json")
        ? file.resolveSibling(name.replaceFirst("json$", "html"))
        : beside(file, ".capstan.html");
  }

  private static Path beside(Path model, String ending) {
    String record = ResultFiles.of(model).record().getFileName().toString();
    return model.resolveSibling(record.substring(0, record.length() - RECORD.length()) + ending);
  }

  /**
   * Fails where the page of a result that is to be could not be drawn, as over a device.
   *
   * @param model where the result goes
   */
  public static void check(Path model) {
    Path page = beside(model);
    if (Files.exists(page, LinkOption.NOFOLLOW_LINKS)) {
      OutputFile.checked(page);
    }
  }

  /**
   * Draws the page of a record beside it.
   *
   * @return the page, which lies {@link #beside} the record
   */
  public static ReportPage leave(Path record) {
    ReportPage page = read(record);
    page.write(beside(record));
    return page;
  }

  /**
   * Draws it.
   *
   * @return the file
   * @throws InvalidInputException if the file cannot be written; what was there stays
   */
  public Path write(Path file) {
    byte[] html = html().getBytes(StandardCharsets.UTF_8);
    AtomicFile.write(file, stream -> stream.write(html));
    return file;
  }

  String html() {
    StringOutput output = new StringOutput();
    TemplateEngine.createPrecompiled(ContentType.Html)
        .render("report.jte", new Template(page), output);
    return output.toString();
  }
}
