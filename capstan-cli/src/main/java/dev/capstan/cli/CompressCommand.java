package dev.capstan.cli;

import dev.capstan.cli.help.Everyday;
import dev.capstan.cli.help.Example;
import dev.capstan.cli.help.InGroup;
import dev.capstan.cli.help.OptionGroup;
import dev.capstan.cli.option.EffortArguments;
import dev.capstan.cli.option.GoalArguments;
import dev.capstan.cli.option.InputArguments;
import dev.capstan.cli.option.LossArguments;
import dev.capstan.cli.option.MethodName;
import dev.capstan.cli.option.OutputArguments;
import dev.capstan.cli.option.Passes;
import dev.capstan.cli.option.ProcessArguments;
import dev.capstan.cli.option.StageArguments;
import dev.capstan.cli.option.TeacherArguments;
import dev.capstan.cli.option.TrainArguments;
import dev.capstan.cli.page.ReportPage;
import dev.capstan.cli.table.CompressTable;
import dev.capstan.cli.table.ForecastTable;
import dev.capstan.job.CompressJob;
import dev.capstan.job.CompressionOptions;
import dev.capstan.job.Inputs;
import dev.capstan.job.Resumption;
import dev.capstan.pipeline.Compressor;
import dev.capstan.pipeline.result.CompressRecord;
import dev.capstan.rank.Goal;
import dev.capstan.recipe.Method;
import dev.capstan.recipe.Rendezvous;
import dev.capstan.report.CompressReport;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code capstan compress}: the main job. */
@Example("compress model.onnx --data photos")
@Command(
    name = "compress",
    description = {
      "Make a model smaller and faster, verify it in ONNX Runtime and write it.",
      "Without a goal it keeps 0.75 of the multiply-accumulates, or 0.5 or 0.35 where short tries"
          + " of these give 95 %% of the images the original's class (outputs that are no classes:"
          + " an error of at most 0.1 of their variation); exit code 3 if the result does not."
    })
final class CompressCommand implements Callable<Integer> {
  private final RootCommand root;

  @Mixin private InputArguments inputs = new InputArguments();

  @Mixin private OutputArguments output = new OutputArguments();

  @Mixin private GoalArguments goal = new GoalArguments();

  @Mixin private LossArguments loss = new LossArguments();

  @InGroup(OptionGroup.LEARNING)
  @Option(
      names = "--method",
      paramLabel = "NAME",
      defaultValue = "cap",
      converter = MethodName.class,
      completionCandidates = MethodName.All.class,
      description =
          "What chooses the channels that are left: ${COMPLETION-CANDIDATES}. cap learns them, the"
              + " others are there to compare with. Default: ${DEFAULT-VALUE}.")
  private Method method = Method.CAP;

  @Mixin private EffortArguments effort = new EffortArguments();

  @Mixin private ProcessArguments processes = new ProcessArguments();

  @Mixin private StageArguments stages = new StageArguments();

  @Everyday
  @InGroup(OptionGroup.TRAINING)
  @Option(
      names = "--fine-tune-epochs",
      paramLabel = "auto|N",
      defaultValue = "auto",
      converter = Passes.Converter.class,
      description =
          "Passes over the data that train all weights of the result, taught by the original; auto"
              + " as suits the number of images and the network's size, 0 none. Default:"
              + " ${DEFAULT-VALUE}.")
  private Passes fineTuneEpochs = Passes.AUTO;

  @Mixin private TrainArguments training = new TrainArguments();

  @Mixin private TeacherArguments teacher = new TeacherArguments();

  @InGroup(OptionGroup.FILES)
  @Option(
      names = "--checkpoint",
      paramLabel = "FILE",
      description =
          "Where fine-tuning keeps its state now and then and when it is stopped; it goes on"
              + " from there if the file exists.")
  private @Nullable Path checkpoint;

  @InGroup(OptionGroup.FILES)
  @Option(
      names = "--resume",
      paramLabel = "HOW",
      arity = "0..1",
      defaultValue = "none",
      fallbackValue = "exact",
      description =
          "Go on from what a stopped run on this output has kept beside it: none begins anew;"
              + " exact, which is meant without a word, gives the bits of a run that was never"
              + " stopped; elastic goes on on another number of threads or machine too, to other"
              + " bits. Default: ${DEFAULT-VALUE}.")
  private Resumption resume = Resumption.NONE;

  @InGroup(OptionGroup.FILES)
  @Option(
      names = "--thumbnails",
      description =
          "Show small pictures of images whose class changed on the page, and keep them in the"
              + " record.")
  private boolean thumbnails;

  @InGroup(OptionGroup.MACHINE)
  @Option(
      names = "--seed",
      paramLabel = "N",
      defaultValue = "1",
      description = "Seed of every random choice. Default: ${DEFAULT-VALUE}.")
  private long seed;

  /** {@link Settings} reads it before, for what the other options are. */
  @InGroup(OptionGroup.FILES)
  @Option(
      names = "--from",
      paramLabel = "NAME.capstan.json",
      description =
          "Do the job of a record again: model, images, all settings, seed and threads are the"
              + " record's, as far as nothing else is given here. Model and images must still be"
              + " those that they were.")
  private @Nullable Path from;

  @Everyday
  @InGroup(OptionGroup.GENERAL)
  @Option(
      names = "--dry-run",
      description =
          "Check everything, time a few runs, and print the stages, how long they take, and the"
              + " memory and disk they need. Nothing is written.")
  private boolean dryRun;

  CompressCommand(RootCommand root) {
    this.root = root;
  }

  @Override
  public Integer call() {
    CompressJob job = job();
    root.requireLibtorch();
    if (from != null) {
      // Read before the run puts its own in its place.
      CompressRecord record = CompressRecord.read(from);
      record.check(job);
      return dryRun ? forecast(job) : again(record, job);
    }
    return dryRun ? forecast(job) : code(told(root, job, rendezvous()));
  }

  private @Nullable Rendezvous rendezvous() {
    return processes.rendezvous(root.console().environment());
  }

  private int again(CompressRecord record, CompressJob job) {
    CompressReport report = told(root, job, rendezvous());
    if (report == null) {
      return ExitCode.DONE;
    }
    Boolean same = record.hasBitsOf(report);
    if (same != null) {
      root.display().note(same ? "the same bits as the record's" : "other bits than the record's");
    }
    return code(report);
  }

  private int forecast(CompressJob job) {
    Compressor.Forecast forecast = Compressor.forecast(job, root.display());
    int width = root.console().columns();
    root.print(forecast, () -> ForecastTable.of(forecast, width));
    return ExitCode.DONE;
  }

  /** Does a job, shows what came of it, and leaves its page; the exit code. */
  static int run(RootCommand root, CompressJob job) {
    return code(told(root, job, null));
  }

  private static int code(@Nullable CompressReport report) {
    return report == null || report.met() ? ExitCode.DONE : ExitCode.MISSED;
  }

  /** What came of a job, which the process that leads shows; null in one that follows. */
  private static @Nullable CompressReport told(
      RootCommand root, CompressJob job, @Nullable Rendezvous rendezvous) {
    if (rendezvous == null || rendezvous.leads()) {
      ReportPage.check(job.output());
    }
    CompressReport report =
        root.shared(
            rendezvous,
            listener -> Compressor.run(job, listener),
            (place, listener) -> Compressor.run(job, place, listener));
    if (report != null) {
      show(root, report);
    }
    return report;
  }

  private static void show(RootCommand root, CompressReport report) {
    root.display().skipped(report.work().skippedImages());
    if (!root.printsWhereItTells()) {
      root.display().warnings(report.quality().lost().warnings());
    }
    Path record = Path.of(report.files().record());
    ReportPage page = ReportPage.leave(record);
    root.print(
        page.document(),
        () ->
            CompressTable.of(report, root.console().columns())
                + "%nopen: %s".formatted(ReportPage.beside(record)));
  }

  CompressJob job() {
    CompressionOptions options =
        new CompressionOptions(
            goal.settings(stages.ranks().with(Goal.AUTOMATIC)),
            stages.bases(method),
            stages.corrections(),
            training.tuning(fineTuneEpochs, teacher, checkpoint),
            seed,
            effort.effort());
    Rendezvous rendezvous = rendezvous();
    Inputs given = processes.shared(inputs.inputs(rendezvous), rendezvous);
    return new CompressJob(
        given,
        options,
        loss.limits(),
        output.file(given.model()),
        output.overwrite(),
        resume,
        new CompressJob.Account(thumbnails, root.command()));
  }
}
