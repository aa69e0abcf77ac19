package dev.capstan.cli;

import dev.capstan.cli.help.Everyday;
import dev.capstan.cli.help.Example;
import dev.capstan.cli.help.InGroup;
import dev.capstan.cli.help.OptionGroup;
import dev.capstan.cli.option.FeedArguments;
import dev.capstan.cli.option.LimitArguments;
import dev.capstan.cli.option.MetricArguments;
import dev.capstan.cli.table.SpeedText;
import dev.capstan.job.EvaluateJob;
import dev.capstan.job.Inputs.MetricChoice;
import dev.capstan.pipeline.Evaluator;
import dev.capstan.report.Scores;
import dev.capstan.report.Speed;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code capstan evaluate}: how good a model is. */
@Example("evaluate small.onnx --data photos --original model.onnx")
@Command(
    name = "evaluate",
    description = {
      "Measure a model's accuracy and loss on labelled images, or how far its outputs are from"
          + " another model's.",
      "With limits it ends with exit code 3 and one line that names those it misses."
    })
final class EvaluateCommand implements Callable<Integer> {
  private final RootCommand root;

  @Parameters(paramLabel = "MODEL", description = "An ONNX file.")
  private @Nullable Path model;

  @InGroup(OptionGroup.IMAGES)
  @Option(
      names = "--data",
      required = true,
      paramLabel = "DIR",
      description =
          "Images: DIR/CLASS/*.jpg, CIFAR binary files, tar shards, or .npz files with an array"
              + " for each input. A model that classifies needs labels or --original.")
  private @Nullable Path data;

  @Everyday
  @InGroup(OptionGroup.FILES)
  @Option(
      names = "--original",
      paramLabel = "MODEL",
      description = "The model whose outputs it should give.")
  private @Nullable Path original;

  @Mixin private LimitArguments limits = new LimitArguments();
  @Mixin private MetricArguments metric = new MetricArguments();
  @Mixin private FeedArguments feed = new FeedArguments();

  EvaluateCommand(RootCommand root) {
    this.root = root;
  }

  @Override
  public Integer call() {
    root.requireLibtorch();
    EvaluateJob job =
        new EvaluateJob(feed.of(model, data).with(metric.choice()), original, limits.limits());
    Evaluator.Result report = Evaluator.run(job, root.display());
    root.display().skipped(report.skippedImages());
    root.print(report, () -> text(report));
    root.display().missed(report.missed());
    return report.missed().isEmpty() ? ExitCode.DONE : ExitCode.MISSED;
  }

  private String text(Evaluator.Result report) {
    Scores scores = report.scores();
    List<String> figures = new ArrayList<>();
    add(figures, "top-1 %.2f %%", scores.top1());
    add(figures, "top-5 %.2f %%", scores.top5());
    add(figures, "loss %.4f", scores.loss());
    add(figures, "agreement %.4f", scores.agreement());
    scores
        .outputError()
        .forEach((name, error) -> add(figures, "error of '" + name + "' %.4g", error));
    MetricChoice choice = metric.choice();
    add(figures, (choice == null ? "" : choice.name()) + " %.6g", scores.metric());
    Speed speed = report.latencyMillis();
    String others = "";
    if (speed != null) {
      add(figures, "latency %.3f of the original's", speed.ratio());
      others = SpeedText.others(speed);
    }
    return "%s on %d images%s"
        .formatted(
            String.join(", ", figures),
            scores.images(),
            others.isEmpty() ? "" : ", timed " + others);
  }

  private static void add(List<String> figures, String format, @Nullable Double value) {
    if (value != null) {
      figures.add(String.format(Locale.ROOT, format, value));
    }
  }
}
