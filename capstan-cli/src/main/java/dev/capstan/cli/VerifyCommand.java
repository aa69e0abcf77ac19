package dev.capstan.cli;

import static java.util.Objects.requireNonNull;

import dev.capstan.cli.help.Everyday;
import dev.capstan.cli.help.Example;
import dev.capstan.cli.help.InGroup;
import dev.capstan.cli.help.OptionGroup;
import dev.capstan.cli.option.ComputeArguments;
import dev.capstan.cli.table.FindingsText;
import dev.capstan.pipeline.result.ResultVerifier;
import dev.capstan.pipeline.result.ResultVerifier.Findings;
import dev.capstan.pipeline.result.ResultVerifier.Question;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code capstan verify}: whether a result is what its record says. */
@Example("verify model-small.onnx --original model.onnx")
@Command(
    name = "verify",
    description = {
      "Check a result: its files against the record, its kernels against the original's and the"
          + " bases, and the file's outputs in ONNX Runtime against what the network computes here.",
      "What a refit or a training changed after the bases had made it has no such origin: of that"
          + " shapes are checked, and how far it moved is told. Exit code 1 if anything is wrong."
    })
final class VerifyCommand implements Callable<Integer> {
  private final RootCommand root;

  @Parameters(paramLabel = "RESULT", description = "The record, NAME.capstan.json, or the model.")
  private @Nullable Path result;

  @Everyday
  @InGroup(OptionGroup.FILES)
  @Option(
      names = "--original",
      paramLabel = "MODEL",
      description = "The model that the result was made from. Default: where the record says.")
  private @Nullable Path original;

  @Everyday
  @InGroup(OptionGroup.IMAGES)
  @Option(
      names = "--data",
      paramLabel = "DIR",
      description =
          "Images to run it on. Default: those of the record, or drawn ones where they are gone.")
  private @Nullable Path data;

  @Mixin private ComputeArguments compute = new ComputeArguments();

  VerifyCommand(RootCommand root) {
    this.root = root;
  }

  @Override
  public Integer call() {
    root.requireLibtorch();
    Question asked =
        new Question(requireNonNull(result), original, data, compute.compute().threads());
    Findings found = ResultVerifier.run(asked, root.display());
    root.print(found, () -> FindingsText.of(found));
    return found.failures().isEmpty() ? ExitCode.DONE : ExitCode.FAILED;
  }
}
