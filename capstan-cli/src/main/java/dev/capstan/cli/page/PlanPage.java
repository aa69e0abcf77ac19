package dev.capstan.cli.page;

import static dev.capstan.cli.page.EvidenceSections.format;

import dev.capstan.cli.page.Block.Fact;
import dev.capstan.cli.page.Block.Facts;
import dev.capstan.cli.page.Block.Tabular;
import dev.capstan.cli.page.Page.Section;
import dev.capstan.cli.page.Page.Verdict;
import dev.capstan.cli.table.Quantity;
import dev.capstan.cli.table.Table;
import dev.capstan.cli.table.Table.Column;
import dev.capstan.pipeline.evidence.Evidence;
import dev.capstan.pipeline.evidence.Forecast;
import dev.capstan.rank.Plan;
import java.util.List;
import java.util.stream.Stream;

/**
 * What is shown of a plan.
 *
 * @param model the name of the model that it is for
 * @param images that it was measured on; 0 where nothing was
 */
record PlanPage(String model, Plan plan, long images, Evidence evidence) {
  Page page() {
    EvidenceSections looked = new EvidenceSections(evidence);
    return new Page(
        "A plan for " + model,
        format(
            "At these ranks it would need %s multiply-accumulates and %s parameters; before"
                + " anything is learned or corrected its outputs would be off by %.3g of their"
                + " variation.",
            Quantity.count(plan.macs()), Quantity.count(plan.parameters()), Math.sqrt(plan.rise())),
        List.of(),
        new Verdict("Asked for: " + plan.budget() + ".", true),
        Stream.of(
                curves(),
                looked.widths(),
                looked.network(),
                looked.sensitivity(),
                ranks(),
                origin())
            .filter(section -> !section.isEmpty())
            .toList());
  }

  private Section curves() {
    Forecast forecast = evidence.forecast();
    if (forecast == null) {
      return new Section("curves", "", List.of(), List.of());
    }
    return new Curves(Yardstick.of(forecast), forecast).section();
  }

  private Section ranks() {
    return new Section(
        "ranks",
        "The ranks",
        List.of(),
        List.of(
            new Tabular(
                "",
                new Table(
                    List.of(
                        Column.words("channels of"),
                        Column.numbers("before"),
                        Column.numbers("rank"),
                        Column.numbers("kept"),
                        Column.numbers("error alone")),
                    plan.spaces().entrySet().stream()
                        .map(
                            space ->
                                List.of(
                                    space.getKey(),
                                    Integer.toString(space.getValue().width()),
                                    Integer.toString(space.getValue().rank()),
                                    Quantity.percent(space.getValue().share()),
                                    format("%.3g", Math.sqrt(space.getValue().rise()))))
                        .toList()))));
  }

  private Section origin() {
    return new Section(
        "origin",
        "Where it comes from",
        List.of(),
        List.of(
            new Facts(
                List.of(
                    new Fact("source", model + ", SHA-256 " + plan.source()),
                    new Fact("images measured on", Long.toString(images))))));
  }
}
