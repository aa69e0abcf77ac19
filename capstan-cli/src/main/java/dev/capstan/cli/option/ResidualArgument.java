package dev.capstan.cli.option;

import dev.capstan.cli.help.InGroup;
import dev.capstan.cli.help.OptionGroup;
import dev.capstan.job.ResidualPolicy;
import picocli.CommandLine.Option;

/** The option that says what becomes of residual streams. */
@InGroup(OptionGroup.RANKS)
public final class ResidualArgument {
  @Option(
      names = "--residual",
      paramLabel = "HOW",
      defaultValue = "auto",
      description =
          "What becomes of residual streams: keep compresses the inside of blocks alone, project"
              + " compresses streams, too, and auto does where that costs the least accuracy."
              + " Default: ${DEFAULT-VALUE}.")
  private ResidualPolicy streams = ResidualPolicy.AUTO;

  public ResidualPolicy streams() {
    return streams;
  }
}
