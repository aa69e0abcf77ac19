package dev.capstan.cli;

import static java.util.Objects.requireNonNull;

import java.util.Map;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import org.slf4j.LoggerFactory;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** A command that shows its options, or fails as it is told. */
@Command(name = "probe")
final class ProbeCommand implements Callable<Integer> {
  private final RootCommand root;

  @Option(names = "--threads", defaultValue = "1")
  private int threads;

  @Option(names = "--mean", split = ",", defaultValue = "0.5")
  private double @Nullable [] mean;

  private final @Nullable Exception failure;

  ProbeCommand(RootCommand root, @Nullable Exception failure) {
    this.root = root;
    this.failure = failure;
  }

  @Override
  public Integer call() throws Exception {
    LoggerFactory.getLogger(ProbeCommand.class).info("probing");
    if (failure != null) {
      throw failure;
    }
    Map<String, Object> json = Map.of("threads", threads);
    root.print(json, () -> "threads " + threads + " mean " + requireNonNull(mean)[0]);
    return ExitCode.DONE;
  }
}
