package dev.capstan.cli.page;

import static dev.capstan.cli.page.EvidenceSections.format;

import dev.capstan.cli.page.Block.Fact;
import dev.capstan.cli.page.Block.Facts;
import dev.capstan.cli.page.Block.Tabular;
import dev.capstan.cli.page.Page.Section;
import dev.capstan.cli.page.Page.Verdict;
import dev.capstan.cli.page.Plot.Point;
import dev.capstan.cli.page.Plot.Series;
import dev.capstan.cli.table.CompareTable;
import dev.capstan.cli.table.Markdown;
import dev.capstan.report.CompareReport;
import dev.capstan.report.CompareReport.CompareLine;
import dev.capstan.report.CompareReport.CompareLine.Estimate;
import dev.capstan.report.CompareReport.Control;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.function.ToDoubleFunction;
import java.util.stream.Stream;

/** What is shown of a comparison. */
record ComparePage(CompareReport report) {
  /** As many looks of series as the style sheet has. */
  private static final int LOOKS = 7;

  Page page() {
    return new Page(
        "Methods compared: " + report.figure(),
        lead(),
        List.of(),
        Verdict.NONE,
        Stream.of(curves(), figures(), origin()).filter(section -> !section.isEmpty()).toList());
  }

  /** Which is best at each budget, and whether that is more than chance. */
  private String lead() {
    List<String> sentences = new ArrayList<>();
    report.lines().stream()
        .map(CompareLine::keepMacs)
        .distinct()
        .forEach(keep -> sentences.add(best(keep)));
    long images = report.rows().get(0).quality().judgedOn();
    return format("The original has %.4g on %d images%s. ", report.baseline(), images, control())
        + String.join(" ", sentences);
  }

  private String control() {
    Control control = report.control();
    return control == null ? "" : format(", trained alike %.4g", control.afterTuning().mean());
  }

  private String best(double keep) {
    List<CompareLine> lines =
        report.lines().stream()
            .filter(line -> line.keepMacs() == keep)
            .sorted(Comparator.comparingDouble(line -> distance(last(line).mean())))
            .toList();
    Estimate best = last(lines.get(0));
    return format(
        "With %s of the multiply-accumulates %s comes nearest: %.4g, give or take %.2g.",
        keep, lines.get(0).method(), best.mean(), best.standardError());
  }

  private double distance(double figure) {
    return Math.abs(figure - report.baseline());
  }

  private static Estimate last(CompareLine line) {
    Estimate tuned = line.afterTuning();
    return tuned == null ? line.beforeTuning() : tuned;
  }

  private Section curves() {
    return new Section(
        "curves",
        "By method",
        List.of("Every method was given the same images and training."),
        List.of(
            plot("Against multiply-accumulates", "share kept", line -> share(line)),
            plot(
                "Against latency",
                "share of the latency, measured",
                line -> line.cost().latencyShare())));
  }

  private double share(CompareLine line) {
    return (double) line.cost().macs() / report.cost().macs();
  }

  private Block plot(String title, String x, ToDoubleFunction<CompareLine> cost) {
    List<Series> series = new ArrayList<>();
    report.lines().stream()
        .map(CompareLine::method)
        .distinct()
        .forEach(
            method ->
                series.add(
                    new Series(
                        method.toString(),
                        "s" + series.size() % LOOKS,
                        true,
                        report.lines().stream()
                            .filter(line -> line.method().equals(method))
                            .sorted(Comparator.comparingDouble(cost))
                            .map(line -> point(line, cost))
                            .toList())));
    return Plot.around(title, x, report.figure(), series).drawing();
  }

  private static Point point(CompareLine line, ToDoubleFunction<CompareLine> cost) {
    Estimate found = last(line);
    return new Point(
        cost.applyAsDouble(line),
        found.mean(),
        format(
            "%s at %s of the multiply-accumulates: %.4g, give or take %.2g; %.3f of the latency",
            line.method(),
            line.keepMacs(),
            found.mean(),
            found.standardError(),
            line.cost().latencyShare()));
  }

  private Section figures() {
    CompareTable table = new CompareTable(report);
    return new Section(
        "figures",
        "All figures",
        List.of(table.circumstances()),
        List.of(new Tabular("", table.table())));
  }

  private Section origin() {
    List<Fact> facts = new ArrayList<>();
    facts.add(new Fact("machine", report.machine().processor()));
    if (report.machine().libraries() != null) {
      facts.add(new Fact("versions", Origin.told(report.machine().libraries())));
    }
    facts.add(new Fact("images left out", Integer.toString(report.skippedImages().size())));
    return new Section("origin", "Where it comes from", List.of(), List.of(new Facts(facts)));
  }

  String markdown() {
    return "**%s**\n\n%s\n\n%s"
        .formatted(
            Markdown.text(page().title()),
            Markdown.text(lead()),
            new CompareTable(report).markdown());
  }
}
