package dev.capstan.cli.option;

import dev.capstan.cli.help.InGroup;
import dev.capstan.cli.help.OptionGroup;
import dev.capstan.job.Inputs;
import dev.capstan.recipe.Compute;
import dev.capstan.recipe.Rendezvous;
import java.time.Duration;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** The options of commands whose work several processes may share. */
@InGroup(OptionGroup.MACHINE)
public final class ProcessArguments {
  @Spec(Spec.Target.MIXEE)
  private @Nullable CommandSpec spec;

  @Option(
      names = "--micro-batches",
      paramLabel = "N",
      defaultValue = "0",
      converter = Numbers.Count.class,
      description =
          "Parts into which the images of each step are divided, which as many processes may share;"
              + " one process takes them in turn, in less memory. Default: the number of"
              + " processes.")
  private int microBatches;

  @Option(
      names = "--peer-timeout",
      paramLabel = "SECONDS",
      defaultValue = "30",
      converter = Numbers.Natural.class,
      description =
          "How long one of several processes may say nothing before it counts as lost. Default:"
              + " ${DEFAULT-VALUE}.")
  private int peerTimeout;

  /** Where this process stands among others, as its environment says; null if it is alone. */
  public @Nullable Rendezvous rendezvous(Map<String, String> environment) {
    return Rendezvous.of(environment)
        .map(found -> found.withPeerTimeout(Duration.ofSeconds(peerTimeout)))
        .orElse(null);
  }

  /** Inputs that processes work on together. */
  public Inputs shared(Inputs inputs, @Nullable Rendezvous rendezvous) {
    int processes = rendezvous == null ? 1 : rendezvous.worldSize();
    int parts = microBatches == 0 ? processes : microBatches;
    if (parts < processes && spec != null) {
      throw new ParameterException(
          spec.commandLine(),
          "--micro-batches: expected one for each of the %d processes at least, found %d"
              .formatted(processes, parts));
    }
    Compute compute = inputs.compute();
    return inputs.with(new Compute(compute.precision(), compute.threads(), processes, parts));
  }
}
