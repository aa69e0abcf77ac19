package dev.capstan.cli.help;

import java.util.List;
import picocli.AutoComplete;
import picocli.CommandLine;
import picocli.CommandLine.Model.ArgSpec;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.Model.PositionalParamSpec;

/** What makes bash, and zsh by its bridge, complete commands, options and their values. */
public final class BashCompletion {
  private BashCompletion() {}

  /**
   * The script.
   *
   * @param tool whose labels and candidates are changed by this
   */
  public static String of(CommandLine tool) {
    Reference.commands(tool).forEach(BashCompletion::prepare);
    // Last: what commands inherit comes to them from here again.
    prepare(tool.getCommandSpec());
    return AutoComplete.bash("capstan", tool);
  }

  /**
   * The same as a file {@code _capstan} on zsh's path of functions: its first line says what it
   * completes, and its first call, which defines all, completes as well.
   */
  public static String zsh(CommandLine tool) {
    return """
        #compdef capstan
        # Of bash; the script's alias for it does not hold in a function that zsh loads.
        functions[compopt]=:
        %s
        if [ "${funcstack[1]}" = _capstan ]; then
          _bash_complete -o default -F _complete_capstan
        fi
        """
        .formatted(of(tool));
  }

  /** Picocli keeps the values of an option under its label, one list for all that share it. */
  private static void prepare(CommandSpec command) {
    for (ArgSpec argument : List.copyOf(command.args())) {
      List<String> values = Reference.candidates(argument);
      if (!values.isEmpty()) {
        command.remove(argument);
        if (!argument.inherited()) {
          command.add(prepared(argument, values));
        }
      }
    }
  }

  private static ArgSpec prepared(ArgSpec argument, List<String> values) {
    return argument instanceof OptionSpec option
        ? OptionSpec.builder(option)
            .paramLabel(option.longestName())
            .completionCandidates(values)
            .build()
        : PositionalParamSpec.builder((PositionalParamSpec) argument)
            .completionCandidates(values)
            .build();
  }
}
