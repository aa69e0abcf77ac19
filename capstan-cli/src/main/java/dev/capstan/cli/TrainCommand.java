package dev.capstan.cli;

import static java.util.Objects.requireNonNull;
import static java.util.Objects.requireNonNullElse;

import dev.capstan.cli.help.Everyday;
import dev.capstan.cli.help.Example;
import dev.capstan.cli.help.InGroup;
import dev.capstan.cli.help.OptionGroup;
import dev.capstan.cli.option.FeedArguments;
import dev.capstan.cli.option.Numbers;
import dev.capstan.cli.option.ProcessArguments;
import dev.capstan.cli.option.TrainArguments;
import dev.capstan.cli.page.ReportPage;
import dev.capstan.cli.table.TrainTable;
import dev.capstan.job.TrainJob;
import dev.capstan.pipeline.Trainer;
import dev.capstan.recipe.Rendezvous;
import dev.capstan.report.TrainReport;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code capstan train}: the trainer alone. */
@Example("train model.onnx --data train --val val --epochs 5 -o trained.onnx")
@Command(
    name = "train",
    description = {
      "Train a model, compressed or not, from the weights it has.",
      "A run that was interrupted goes on when the same command is given again."
    })
final class TrainCommand implements Callable<Integer> {
  private final RootCommand root;

  @Spec private @Nullable CommandSpec spec;

  @Parameters(paramLabel = "MODEL", description = "An ONNX file.")
  private @Nullable Path model;

  @Everyday
  @InGroup(OptionGroup.IMAGES)
  @Option(
      names = "--data",
      required = true,
      paramLabel = "DIR",
      description =
          "Images to learn from: DIR/CLASS/*.jpg, CIFAR binary files, tar shards, or, with"
              + " a teacher, a flat folder without labels.")
  private @Nullable Path data;

  @Everyday
  @InGroup(OptionGroup.IMAGES)
  @Option(
      names = "--val",
      paramLabel = "DIR",
      description = "Images to judge by, labelled if the network classifies.")
  private @Nullable Path validation;

  @InGroup(OptionGroup.FILES)
  @Option(
      names = {"-o", "--out", "--output"},
      required = true,
      paramLabel = "OUT.onnx",
      description = "The file to write. Its record goes beside it.")
  private @Nullable Path output;

  @Everyday
  @InGroup(OptionGroup.TRAINING)
  @Option(
      names = "--teacher",
      paramLabel = "TEACHER.onnx",
      description =
          "A model whose outputs the result is to give, and its last feature map where they are"
              + " classes. Default: labels alone.")
  private @Nullable Path teacher;

  @Everyday
  @InGroup(OptionGroup.TRAINING)
  @Option(
      names = "--epochs",
      required = true,
      paramLabel = "N",
      converter = Numbers.Natural.class,
      description = "Passes over the data.")
  private int epochs;

  @InGroup(OptionGroup.MACHINE)
  @Option(
      names = "--seed",
      paramLabel = "N",
      defaultValue = "1",
      description = "Seed of every random choice. Default: ${DEFAULT-VALUE}.")
  private long seed;

  @Everyday
  @InGroup(OptionGroup.FILES)
  @Option(
      names = "--checkpoint",
      paramLabel = "FILE",
      description =
          "Written now and then and when interrupted, gone on from if it is there, removed at the"
              + " end. Default: OUT.onnx.checkpoint.")
  private @Nullable Path checkpoint;

  @Mixin private TrainArguments training = new TrainArguments();
  @Mixin private FeedArguments feed = new FeedArguments();
  @Mixin private ProcessArguments processes = new ProcessArguments();

  TrainCommand(RootCommand root) {
    this.root = root;
  }

  @Override
  public Integer call() {
    if (teacher == null && training.mentionTeacher()) {
      throw new ParameterException(
          requireNonNull(spec).commandLine(),
          "--distillation, --temperature and --features need --teacher");
    }
    root.requireLibtorch();
    Rendezvous rendezvous = processes.rendezvous(root.console().environment());
    TrainJob job = job(rendezvous);
    TrainReport report =
        root.shared(
            rendezvous,
            listener -> Trainer.run(job, listener),
            (place, listener) -> Trainer.run(job, place, listener));
    if (report != null) {
      show(report);
    }
    return ExitCode.DONE;
  }

  private void show(TrainReport report) {
    root.display().skipped(report.work().skippedImages());
    Path record = Path.of(report.files().record());
    ReportPage page = ReportPage.leave(record);
    root.print(
        page.document(),
        () -> TrainTable.of(report) + "%nopen: %s".formatted(ReportPage.beside(record)));
  }

  private TrainJob job(@Nullable Rendezvous rendezvous) {
    Path target = requireNonNull(output);
    return new TrainJob(
        processes.shared(feed.of(model, data, rendezvous), rendezvous).withValidation(validation),
        target,
        teacher,
        training.recipe(epochs, seed),
        requireNonNullElse(checkpoint, TrainJob.checkpointOf(target)));
  }
}
