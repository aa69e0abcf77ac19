package dev.capstan.cli.option;

import dev.capstan.cli.help.InGroup;
import dev.capstan.cli.help.OptionGroup;
import dev.capstan.job.Inputs.MetricChoice;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** The options that name the user's own metric. */
@InGroup(OptionGroup.IMAGES)
public final class MetricArguments {
  @Spec(Spec.Target.MIXEE)
  private @Nullable CommandSpec spec;

  @Option(
      names = "--metric",
      paramLabel = "NAME",
      description = "A measure of your own to judge by: a Java service, see docs/extend.md.")
  private @Nullable String name;

  @Option(
      names = "--metric-jar",
      paramLabel = "FILE",
      description = "The jar, or folder of classes, that holds it.")
  private @Nullable Path jar;

  public @Nullable MetricChoice choice() {
    if (name == null && jar != null && spec != null) {
      throw new ParameterException(
          spec.commandLine(), "--metric-jar says where a metric is: name it with --metric");
    }
    return name == null ? null : new MetricChoice(name, jar);
  }
}
