package dev.capstan.cli.option;

import dev.capstan.job.ResidualPolicy;
import picocli.CommandLine.Option;

/** The option that says what becomes of residual streams. */
public final class ResidualArgument {
  @Option(
      names = "--residual",
      paramLabel = "HOW",
      defaultValue = "auto",
      description =
          "What becomes of residual streams: ${COMPLETION-CANDIDATES}. KEEP compresses the inside"
              + " of blocks alone; AUTO projects the streams where that costs the least accuracy."
              + " Default: ${DEFAULT-VALUE}.")
  private ResidualPolicy streams = ResidualPolicy.AUTO;

  public ResidualPolicy streams() {
    return streams;
  }
}
