package dev.capstan.cli.page;

import static dev.capstan.cli.page.EvidenceSections.format;

import dev.capstan.cli.option.Spelling;
import dev.capstan.cli.page.Block.Fact;
import dev.capstan.cli.page.Block.Tabular;
import dev.capstan.cli.page.Page.Section;
import dev.capstan.cli.page.Page.Verdict;
import dev.capstan.cli.table.CompressTable;
import dev.capstan.cli.table.GoalText;
import dev.capstan.cli.table.Markdown;
import dev.capstan.cli.table.SpeedText;
import dev.capstan.cli.table.Table;
import dev.capstan.cli.table.Table.Column;
import dev.capstan.cli.table.TailLines;
import dev.capstan.cli.table.VerifiedLine;
import dev.capstan.pipeline.evidence.Evidence;
import dev.capstan.report.CompressReport;
import dev.capstan.report.CompressReport.Change;
import dev.capstan.report.Quality.Lost;
import dev.capstan.report.UncompressedTail;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import tools.jackson.databind.JsonNode;

/** What is shown of a compression. */
record CompressPage(JsonNode record, CompressReport report, Evidence evidence) {
  Page page() {
    EvidenceSections looked = new EvidenceSections(evidence);
    ResultSections compared = new ResultSections(report, evidence);
    return new Page(
        title(),
        lost() + " " + won(),
        warnings(),
        new Verdict(goal(), report.met()),
        Stream.of(
                before(),
                compared.curves(),
                looked.widths(),
                looked.network(),
                looked.courses(),
                looked.sensitivity(),
                compared.time(),
                compared.changes(),
                looked.pictures(),
                compared.decisions(),
                tail(),
                new Origin(record)
                    .section(origin(), report.work().machine(), report.work().seconds()))
            .filter(section -> !section.isEmpty())
            .toList());
  }

  private String title() {
    return "%s, a smaller %s"
        .formatted(Origin.name(report.files().model()), new Origin(record).source());
  }

  private String lost() {
    Lost lost = report.quality().lost();
    Double agreement = lost.agreement();
    if (agreement != null) {
      return format(
          "It gives the original's class to %.1f %% of %d images that nothing was learned from.",
          100 * agreement, lost.images());
    }
    return format(
        "On %d images that nothing was learned from, %s variation.", lost.images(), off(lost));
  }

  private static String off(Lost lost) {
    Map<String, Double> errors = lost.outputError();
    double worst = errors.values().stream().mapToDouble(e -> e).max().orElse(0);
    return errors.size() == 1
        ? format("'%s' is off by %.3g of its", errors.keySet().iterator().next(), worst)
        : format(
            "%s are off by at most %.3g of their",
            lost.wholeFile() ? "its outputs" : "the tensors before its tail", worst);
  }

  private String won() {
    Change macs = report.macs();
    return format(
        "It needs %.3f of the multiply-accumulates and %.3f of the parameters, and takes %.2f of"
            + " the time (batch 1, 1 thread).",
        macs.kept(), report.size().parameters().kept(), report.model().latencyMillis().ratio());
  }

  private List<String> warnings() {
    return report.quality().lost().warnings().stream().map(Spelling::ofOptions).toList();
  }

  private String goal() {
    return format(
        "%s: %s%s.",
        report.met() ? "Met" : "Missed",
        GoalText.of(report),
        report.quality().lost().met() ? "" : ", and more is lost than may be");
  }

  private Section before() {
    return new Section(
        "figures", "Before and after", List.of(), List.of(new Tabular("", figures())));
  }

  /** The figures, each with what it was measured on. */
  private Table figures() {
    Table figures = CompressTable.figures(report);
    List<Column> columns = new ArrayList<>(figures.columns());
    columns.set(0, Column.words("figure"));
    columns.add(Column.words("measured on"));
    List<List<String>> rows =
        figures.rows().stream()
            .map(row -> Stream.concat(row.stream(), Stream.of(measuredOn(row.get(0)))).toList())
            .toList();
    return new Table(columns, rows);
  }

  private String measuredOn(String figure) {
    if (figure.startsWith("latency")) {
      return Stream.of(
              "medians in ONNX Runtime",
              report.work().machine().processor(),
              SpeedText.others(report.model().latencyMillis()))
          .filter(part -> !part.isEmpty())
          .collect(Collectors.joining(", "));
    }
    if (figure.startsWith("MACs") || figure.startsWith("parameters")) {
      return "counted, the whole file";
    }
    boolean judged = !record.path("job").path("setup").path("validation").isNull();
    return figure.equals("file")
        ? "on disk"
        : judged ? "the images of --val" : "images held out of --data";
  }

  private Section tail() {
    UncompressedTail tail = report.model().tail();
    List<String> lines =
        tail == null
            ? List.of()
            : Stream.concat(tail.reasons().stream(), TailLines.of(tail).lines())
                .filter(line -> !line.isEmpty())
                .toList();
    return new Section("tail", "What was carried over unchanged", lines, List.of());
  }

  private List<Fact> origin() {
    CompressReport.Work work = report.work();
    return List.of(
        new Fact("method", report.method().toString()),
        new Fact("images seen", Long.toString(work.imagesSeen().all())),
        new Fact("images left out", Integer.toString(work.skippedImages().size())),
        new Fact("seed", Long.toString(work.seed())),
        new Fact("verified", "in ONNX Runtime: " + VerifiedLine.of(report.model().verification())));
  }

  /** The sentences, what speaks against it, and the figures, in Markdown. */
  String markdown() {
    Page page = page();
    List<String> lines = new ArrayList<>();
    lines.addAll(
        List.of("**" + Markdown.text(page.title()) + "**", "", Markdown.text(page.lead())));
    page.warnings().forEach(line -> lines.add("\n> **Warning:** " + Markdown.text(line)));
    lines.addAll(List.of("", Markdown.text(page.verdict().words()), "", figures().markdown()));
    return String.join("\n", lines);
  }
}
