package dev.capstan.cli;

import static java.util.Objects.requireNonNull;

import dev.capstan.cli.help.Example;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.AutoComplete;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** {@code capstan completion}: what makes a shell complete commands, options and their values. */
@Example("completion > ~/.local/share/bash-completion/completions/capstan")
@Command(
    name = "completion",
    description = {
      "Print a script that completes commands, options and values in bash and zsh.",
      "Sourced, it serves the shell at hand: source <(capstan completion)"
    })
final class CompletionCommand implements Callable<Integer> {
  private final RootCommand root;

  @Spec private @Nullable CommandSpec spec;

  CompletionCommand(RootCommand root) {
    this.root = root;
  }

  @Override
  public Integer call() {
    root.console()
        .out()
        .print(AutoComplete.bash("capstan", requireNonNull(spec).root().commandLine()));
    return ExitCode.DONE;
  }
}
