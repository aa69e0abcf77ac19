package dev.capstan.cli;

import static java.util.Objects.requireNonNull;

import dev.capstan.pipeline.Evaluator;
import dev.capstan.torch.Evaluation;
import java.nio.file.Path;
import java.util.Locale;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code capstan evaluate}: how well a model classifies. */
@Command(name = "evaluate", description = "Measure a model's accuracy and loss on labelled images.")
final class EvaluateCommand implements Callable<Integer> {
  private final RootCommand root;

  @Parameters(paramLabel = "MODEL", description = "An ONNX file.")
  private @Nullable Path model;

  @Option(
      names = "--data",
      required = true,
      paramLabel = "DIR",
      description = "Labelled images: DIR/CLASS/*.jpg or *.png, CIFAR binary files, or tar shards.")
  private @Nullable Path data;

  @Mixin private ImageArguments images = new ImageArguments();
  @Mixin private ComputeArguments compute = new ComputeArguments();

  EvaluateCommand(RootCommand root) {
    this.root = root;
  }

  @Override
  public Integer call() {
    Platform.current().requireLibtorch();
    Evaluator.Result result =
        Evaluator.run(
            requireNonNull(model),
            requireNonNull(data),
            images.options(),
            compute.compute(),
            root.display());
    root.display().skipped(result.skippedImages());
    Evaluation evaluation = result.evaluation();
    root.print(
        evaluation,
        () ->
            String.format(
                Locale.ROOT,
                "top-1 %.2f %%, top-5 %.2f %%, loss %.4f on %d images",
                evaluation.top1(),
                evaluation.top5(),
                evaluation.loss(),
                evaluation.images()));
    return ExitCode.DONE;
  }
}
