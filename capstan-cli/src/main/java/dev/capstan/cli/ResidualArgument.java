package dev.capstan.cli;

import dev.capstan.pipeline.RankSettings.Streams;
import picocli.CommandLine.Option;

/** The option that says what becomes of residual streams. */
final class ResidualArgument {
  @Option(
      names = "--residual",
      paramLabel = "HOW",
      defaultValue = "auto",
      description =
          "What becomes of residual streams: ${COMPLETION-CANDIDATES}. KEEP compresses the inside"
              + " of blocks alone; AUTO projects the streams where that costs the least accuracy."
              + " Default: ${DEFAULT-VALUE}.")
  private Streams streams = Streams.AUTO;

  Streams streams() {
    return streams;
  }
}
