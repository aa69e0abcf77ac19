package dev.capstan.cli;

import dev.capstan.cli.help.BashCompletion;
import dev.capstan.cli.help.Example;
import dev.capstan.cli.help.FishCompletion;
import java.util.concurrent.Callable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

/** {@code capstan completion}: what makes a shell complete commands, options and their values. */
@Example("completion > ~/.local/share/bash-completion/completions/capstan")
@Command(
    name = "completion",
    description = {
      "Print a script that completes commands, options and values in bash, zsh or fish.",
      "Sourced, it serves the shell at hand: source <(capstan completion), or in fish: capstan"
          + " completion fish | source"
    })
final class CompletionCommand implements Callable<Integer> {
  private final RootCommand root;

  /** What reads the script: zsh takes bash's, in a frame of its own. */
  enum Shell {
    BASH,
    ZSH,
    FISH
  }

  @Parameters(
      paramLabel = "SHELL",
      arity = "0..1",
      defaultValue = "bash",
      description = "bash, zsh or fish. Default: ${DEFAULT-VALUE}.")
  private Shell shell = Shell.BASH;

  CompletionCommand(RootCommand root) {
    this.root = root;
  }

  @Override
  public Integer call() {
    CommandLine tool = Main.tool();
    root.console()
        .out()
        .print(
            switch (shell) {
              case BASH -> BashCompletion.of(tool);
              case ZSH -> BashCompletion.zsh(tool);
              case FISH -> FishCompletion.of(tool);
            });
    return ExitCode.DONE;
  }
}
