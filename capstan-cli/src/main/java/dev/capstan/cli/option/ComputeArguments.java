package dev.capstan.cli.option;

import dev.capstan.cli.help.InGroup;
import dev.capstan.cli.help.OptionGroup;
import dev.capstan.recipe.Compute;
import dev.capstan.recipe.Compute.Precision;
import dev.capstan.recipe.Rendezvous;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** The options that say what to compute with. */
@InGroup(OptionGroup.MACHINE)
public final class ComputeArguments {
  @Option(
      names = "--threads",
      paramLabel = "N",
      defaultValue = "0",
      converter = Numbers.Count.class,
      description = "Threads to compute with. Default: all processors.")
  private int threads;

  @Option(
      names = "--precision",
      paramLabel = "KIND",
      defaultValue = "auto",
      description =
          "What products are computed in: fp32, bf16, or auto, which takes bf16 where the"
              + " processor has matrix units for it. Default: ${DEFAULT-VALUE}.")
  private Precision precision = Precision.AUTO;

  public Compute compute() {
    return compute(null);
  }

  /** The same in a process that shares its host with others of the run. */
  Compute compute(@Nullable Rendezvous rendezvous) {
    int own =
        rendezvous == null ? Runtime.getRuntime().availableProcessors() : rendezvous.threads();
    return new Compute(precision, threads == 0 ? own : threads);
  }
}
