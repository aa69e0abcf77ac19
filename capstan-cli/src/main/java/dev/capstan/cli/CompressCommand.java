package dev.capstan.cli;

import static java.util.Objects.requireNonNull;

import dev.capstan.pipeline.BasisOptions;
import dev.capstan.pipeline.CompressJob;
import dev.capstan.pipeline.CompressReport;
import dev.capstan.pipeline.Compressor;
import dev.capstan.pipeline.CourseOptions;
import dev.capstan.pipeline.RankOptions;
import dev.capstan.pipeline.Setup;
import dev.capstan.pipeline.TuneOptions;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code capstan compress}: the main job. */
@Command(
    name = "compress",
    description = "Make a model smaller and faster, verify it in ONNX Runtime and write it.")
final class CompressCommand implements Callable<Integer> {
  private final RootCommand root;

  @Parameters(paramLabel = "MODEL", description = "An ONNX file.")
  private @Nullable Path model;

  @Option(
      names = "--data",
      required = true,
      paramLabel = "DIR",
      description =
          "Images to learn from: DIR/CLASS/*.jpg or *.png, CIFAR binary files, tar shards, or a"
              + " flat folder without labels.")
  private @Nullable Path data;

  @Option(names = "--val", paramLabel = "DIR", description = "Labelled images to judge by.")
  private @Nullable Path validation;

  @Option(
      names = {"-o", "--output"},
      required = true,
      paramLabel = "OUT.onnx",
      description = "The file to write. Its bases and its record go beside it.")
  private @Nullable Path output;

  @Option(
      names = "--keep-macs",
      paramLabel = "SHARE",
      defaultValue = "0.5",
      converter = Numbers.Share.class,
      description =
          "Share of the multiply-accumulates that may be kept, in (0, 1]."
              + " Default: ${DEFAULT-VALUE}.")
  private double keepMacs;

  @Option(
      names = "--learn-images",
      paramLabel = "N",
      defaultValue = "0",
      converter = Numbers.Count.class,
      description = "Images that the projections see. Default: one pass, at most 50000.")
  private int learnImages;

  @Option(
      names = "--fine-tune-epochs",
      paramLabel = "N",
      defaultValue = "0",
      converter = Numbers.Count.class,
      description = "Passes over the data that train the result. Default: ${DEFAULT-VALUE}.")
  private int fineTuneEpochs;

  @Option(
      names = "--seed",
      paramLabel = "N",
      defaultValue = "1",
      description = "Seed of every random choice. Default: ${DEFAULT-VALUE}.")
  private long seed;

  @Option(
      names = "--accept-chance",
      description = "Go on where the model does hardly better than chance on the labelled images.")
  private boolean acceptChance;

  @Mixin private ImageArguments images = new ImageArguments();
  @Mixin private ComputeArguments compute = new ComputeArguments();

  CompressCommand(RootCommand root) {
    this.root = root;
  }

  @Override
  public Integer call() {
    Platform.current().requireLibtorch();
    CompressReport report = Compressor.run(job(), root.display());
    root.display().skipped(report.skippedImages());
    root.print(report, () -> CompressTable.of(report));
    return ExitCode.DONE;
  }

  private CompressJob job() {
    Setup setup =
        new Setup(
            requireNonNull(model),
            requireNonNull(data),
            validation,
            images.options(),
            compute.compute(),
            acceptChance);
    CourseOptions course =
        new CourseOptions(
            new RankOptions(keepMacs),
            new BasisOptions(learnImages),
            new TuneOptions(fineTuneEpochs),
            seed);
    return new CompressJob(setup, course, requireNonNull(output));
  }
}
