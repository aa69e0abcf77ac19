package dev.capstan.cli;

import dev.capstan.cli.help.Everyday;
import dev.capstan.cli.help.Example;
import dev.capstan.cli.help.InGroup;
import dev.capstan.cli.help.OptionGroup;
import dev.capstan.cli.option.BudgetArguments;
import dev.capstan.cli.option.FeedArguments;
import dev.capstan.cli.option.RankArguments;
import dev.capstan.cli.page.ReportPage;
import dev.capstan.cli.table.Quantity;
import dev.capstan.cli.table.Table;
import dev.capstan.cli.table.Table.Column;
import dev.capstan.job.Inputs;
import dev.capstan.job.PlanJob;
import dev.capstan.job.RankSettings;
import dev.capstan.pipeline.Planner;
import dev.capstan.rank.Goal;
import dev.capstan.rank.Plan;
import dev.capstan.rank.Plan.Choice;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code capstan plan}: which ranks suit a budget. */
@Example("plan model.onnx --data photos --keep-macs 0.5 -o plan.json")
@Command(
    name = "plan",
    description =
        "Measure how much each layer matters and choose the ranks for a budget; without a goal"
            + " half of the multiply-accumulates is the budget.")
final class PlanCommand implements Callable<Integer> {
  private final RootCommand root;

  @Parameters(paramLabel = "MODEL", description = "An ONNX file.")
  private @Nullable Path model;

  @InGroup(OptionGroup.IMAGES)
  @Option(
      names = "--data",
      required = true,
      paramLabel = "DIR",
      description =
          "Images to measure on, labelled or not: DIR/CLASS/*.jpg, CIFAR binary files,"
              + " tar shards, or a flat folder.")
  private @Nullable Path data;

  @Mixin private BudgetArguments budget = new BudgetArguments();

  @Everyday
  @InGroup(OptionGroup.FILES)
  @Option(
      names = {"-o", "--out", "--output"},
      paramLabel = "PLAN.json",
      description = "A file to save the plan to, which may be edited by hand.")
  private @Nullable Path output;

  @InGroup(OptionGroup.MACHINE)
  @Option(
      names = "--seed",
      paramLabel = "N",
      defaultValue = "1",
      description = "Seed of every random choice. Default: ${DEFAULT-VALUE}.")
  private long seed;

  @Mixin private RankArguments ranks = new RankArguments();
  @Mixin private FeedArguments feed = new FeedArguments();

  PlanCommand(RootCommand root) {
    this.root = root;
  }

  @Override
  public Integer call() {
    Inputs inputs = feed.of(model, data);
    PlanJob job = new PlanJob(inputs, settings(), output, seed);
    root.requireLibtorch();
    Planner.Result report = Planner.run(job, root.display());
    root.display().skipped(report.skippedImages());
    root.print(report.plan(), () -> text(report.plan()));
    if (output != null) {
      Path page = ReportPage.of(inputs.model(), report).write(ReportPage.beside(output));
      root.display().note("open: " + page);
    }
    return ExitCode.DONE;
  }

  private RankSettings settings() {
    List<Goal> goals = budget.goals();
    budget.requireOne(goals.stream().map(goal -> "--" + goal).toList());
    return goals.isEmpty() ? ranks.settings() : ranks.settings().with(goals.get(0));
  }

  private String text(Plan plan) {
    String saved = output == null ? "" : "%nsaved: %s".formatted(output);
    return String.format(
        Locale.ROOT,
        "%s%n%n--%s: %s MACs, %s parameters, outputs off by %.3g of their variation"
            + " (the root of all rises) before anything is learned or corrected%s",
        table(plan),
        plan.budget(),
        Quantity.count(plan.macs()),
        Quantity.count(plan.parameters()),
        Math.sqrt(plan.rise()),
        saved);
  }

  private static Table table(Plan plan) {
    return new Table(
        List.of(
            Column.words("space"),
            Column.numbers("width"),
            Column.numbers("rank"),
            Column.numbers("share"),
            Column.numbers("rise")),
        plan.spaces().entrySet().stream()
            .map(space -> row(space.getKey(), space.getValue()))
            .toList());
  }

  private static List<String> row(String space, Choice choice) {
    return List.of(
        space,
        Integer.toString(choice.width()),
        Integer.toString(choice.rank()),
        Quantity.percent(choice.share()),
        String.format(Locale.ROOT, "%.4f", choice.rise()));
  }
}
