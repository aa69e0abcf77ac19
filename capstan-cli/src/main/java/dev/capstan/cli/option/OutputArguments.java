package dev.capstan.cli.option;

import dev.capstan.cli.help.Everyday;
import dev.capstan.cli.help.InGroup;
import dev.capstan.cli.help.OptionGroup;
import dev.capstan.pipeline.result.ResultFiles;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** Where a smaller network goes. */
@InGroup(OptionGroup.FILES)
public final class OutputArguments {
  @Everyday
  @Option(
      names = {"-o", "--out", "--output"},
      paramLabel = "OUT.onnx",
      description =
          "The file to write. Its bases and its record go beside it. Default: MODEL-small.onnx,"
              + " beside the model.")
  private @Nullable Path output;

  @Option(names = "--force", description = "Replace a file in its place that is no earlier result.")
  private boolean force;

  /** The file to write for a model. */
  public Path file(Path model) {
    return output == null ? ResultFiles.small(model) : output;
  }

  /** Whether any file may be replaced. */
  public boolean overwrite() {
    return force;
  }
}
