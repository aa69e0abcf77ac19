package dev.capstan.cli;

import dev.capstan.cli.help.Everyday;
import dev.capstan.cli.help.Example;
import dev.capstan.cli.help.InGroup;
import dev.capstan.cli.help.OptionGroup;
import dev.capstan.cli.option.InputArguments;
import dev.capstan.cli.option.MethodName;
import dev.capstan.cli.option.Numbers;
import dev.capstan.cli.option.Passes;
import dev.capstan.cli.option.StageArguments;
import dev.capstan.cli.option.TeacherArguments;
import dev.capstan.cli.option.TrainArguments;
import dev.capstan.cli.page.ReportPage;
import dev.capstan.cli.table.CompareTable;
import dev.capstan.files.AtomicFile;
import dev.capstan.job.CompareJob;
import dev.capstan.job.CompressionOptions;
import dev.capstan.pipeline.Comparison;
import dev.capstan.pipeline.compare.CompareChart;
import dev.capstan.recipe.Method;
import dev.capstan.report.CompareReport;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code capstan compare}: methods side by side. */
@Example("compare model.onnx --data train --val val --keep-macs 0.5 -o rows")
@Command(
    name = "compare",
    description = {
      "Compress a model by several methods, with the same images and training, and tell how good"
          + " each is, beside the original trained alike.",
      "A second start with the same --output goes on where the first one stopped."
    })
final class CompareCommand implements Callable<Integer> {
  private final RootCommand root;

  @Mixin private InputArguments inputs = new InputArguments();

  @Everyday
  @InGroup(OptionGroup.LEARNING)
  @Option(
      names = "--methods",
      split = ",",
      paramLabel = "NAME",
      defaultValue = "cap,pca,l1,fpgm,taylor,activation,random",
      converter = MethodName.class,
      completionCandidates = MethodName.All.class,
      description = "Which methods, of ${COMPLETION-CANDIDATES}. Default: ${DEFAULT-VALUE}.")
  private List<Method> methods = List.of();

  @Everyday
  @InGroup(OptionGroup.GOAL)
  @Option(
      names = "--keep-macs",
      split = ",",
      paramLabel = "SHARE",
      defaultValue = "0.5,0.35,0.25",
      converter = Numbers.Share.class,
      description =
          "Shares of the multiply-accumulates that may be kept, each in (0, 1]."
              + " Default: ${DEFAULT-VALUE}.")
  private List<Double> keepMacs = List.of();

  @Mixin private StageArguments stages = new StageArguments();

  @InGroup(OptionGroup.RANKS)
  @Option(
      names = "--rival-ranks",
      paramLabel = "WHICH",
      defaultValue = "same",
      description =
          "Ranks of the methods beside cap: the same as cap's, or uniform, as most of them were"
              + " published. Default: ${DEFAULT-VALUE}.")
  private CompareJob.RivalRanks rivalRanks = CompareJob.RivalRanks.SAME;

  @Everyday
  @InGroup(OptionGroup.TRAINING)
  @Option(
      names = "--fine-tune-epochs",
      paramLabel = "N",
      defaultValue = "3",
      converter = Numbers.Count.class,
      description = "Passes over the data that train each result. Default: ${DEFAULT-VALUE}.")
  private int fineTuneEpochs;

  @Mixin private TrainArguments training = new TrainArguments();

  @Mixin private TeacherArguments teacher = new TeacherArguments();

  @Everyday
  @InGroup(OptionGroup.MACHINE)
  @Option(
      names = "--seeds",
      split = ",",
      paramLabel = "N",
      defaultValue = "1",
      description = "Seeds of the random choices, whose mean is told. Default: ${DEFAULT-VALUE}.")
  private List<Long> seeds = List.of();

  @InGroup(OptionGroup.FILES)
  @Option(
      names = {"-o", "--out", "--output"},
      paramLabel = "DIR",
      defaultValue = "capstan-compare",
      description =
          "Folder for finished rows and for results.md, results.json and results.svg."
              + " Default: ${DEFAULT-VALUE}.")
  private Path folder = Path.of("capstan-compare");

  CompareCommand(RootCommand root) {
    this.root = root;
  }

  @Override
  public Integer call() {
    root.requireLibtorch();
    CompareReport report = Comparison.run(job(), root.display());
    root.display().skipped(report.skippedImages());
    CompareTable table = new CompareTable(report);
    write("results.json", RootCommand.toJson(report));
    write("results.md", table.markdown());
    write("results.svg", CompareChart.svg(report));
    Path results = folder.resolve("results.json");
    ReportPage.leave(results);
    root.print(report, () -> table.text(root.console().columns()));
    root.display().note("written: results.md, results.json and results.svg in " + folder);
    root.display().note("open: " + ReportPage.beside(results));
    return ExitCode.DONE;
  }

  private CompareJob job() {
    CompressionOptions options =
        CompressionOptions.DEFAULT
            .with(stages.ranks())
            .with(stages.bases(Method.CAP))
            .with(stages.corrections())
            .with(training.tuning(Passes.of(fineTuneEpochs), teacher, null));
    return new CompareJob(inputs.inputs(), methods, keepMacs, seeds, rivalRanks, options, folder);
  }

  private void write(String name, String content) {
    byte[] bytes = content.getBytes(StandardCharsets.UTF_8);
    AtomicFile.write(folder.resolve(name), stream -> stream.write(bytes));
  }
}
