package dev.capstan.cli.page;

import static dev.capstan.cli.page.EvidenceSections.format;

import dev.capstan.cli.page.Block.Fact;
import dev.capstan.cli.page.Block.Tabular;
import dev.capstan.cli.page.Page.Section;
import dev.capstan.cli.page.Page.Verdict;
import dev.capstan.cli.table.Markdown;
import dev.capstan.cli.table.TrainTable;
import dev.capstan.cli.table.VerifiedLine;
import dev.capstan.pipeline.evidence.Evidence;
import dev.capstan.report.Scores;
import dev.capstan.report.TrainReport;
import java.util.List;
import java.util.stream.Stream;
import tools.jackson.databind.JsonNode;

/** What is shown of a training. */
record TrainPage(JsonNode record, TrainReport report, Evidence evidence) {
  Page page() {
    Origin origin = new Origin(record);
    return new Page(
        "%s, trained from %s".formatted(Origin.name(report.files().model()), origin.source()),
        lead(),
        List.of(),
        Verdict.NONE,
        Stream.of(
                figures(),
                new EvidenceSections(evidence).courses(),
                origin.section(facts(), report.work().machine(), report.work().seconds()))
            .filter(section -> !section.isEmpty())
            .toList());
  }

  private String lead() {
    Scores before = report.before();
    Scores after = report.after();
    if (before == null || after == null) {
      return "There was nothing to judge it by: give labelled images with --val.";
    }
    if (before.top1() != null && after.top1() != null) {
      return format(
          "It gets %.2f %% of %d images right, before training it got %.2f %%.",
          after.top1(), after.images(), before.top1());
    }
    return format(
        "On %d images its outputs are off from the teacher's by at most %.3g of their variation,"
            + " before training by %.3g.",
        after.images(), worst(after), worst(before));
  }

  private static double worst(Scores scores) {
    return scores.outputError().values().stream().mapToDouble(e -> e).max().orElse(0);
  }

  private Section figures() {
    Scores before = report.before();
    Scores after = report.after();
    return new Section(
        "figures",
        "Before and after",
        List.of(),
        before == null || after == null
            ? List.of()
            : List.of(new Tabular("", TrainTable.figures(before, after))));
  }

  private List<Fact> facts() {
    TrainReport.Work work = report.work();
    return List.of(
        new Fact("images seen", Long.toString(work.imagesSeen())),
        new Fact("images left out", Integer.toString(work.skippedImages().size())),
        new Fact("seed", Long.toString(work.seed())),
        new Fact("verified", "in ONNX Runtime: " + VerifiedLine.of(report.verification())));
  }

  String markdown() {
    return "**%s**\n\n%s".formatted(Markdown.text(page().title()), Markdown.text(lead()));
  }
}
