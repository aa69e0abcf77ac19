package dev.capstan.cli;

import dev.capstan.cli.help.Example;
import dev.capstan.cli.help.InGroup;
import dev.capstan.cli.help.Manual;
import dev.capstan.cli.help.OptionGroup;
import java.util.concurrent.Callable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code capstan man}: the manual. */
@Example("man > ~/.local/share/man/man1/capstan.1")
@Command(name = "man", description = "Print all commands and options as a man page.")
final class ManCommand implements Callable<Integer> {
  private final RootCommand root;

  @InGroup(OptionGroup.FILES)
  @Option(names = "--markdown", description = "Print it in Markdown, as docs/cli.md.")
  private boolean markdown;

  ManCommand(RootCommand root) {
    this.root = root;
  }

  @Override
  public Integer call() {
    CommandLine tool = Main.tool();
    root.console().out().print(markdown ? Manual.markdown(tool) : Manual.roff(tool));
    return ExitCode.DONE;
  }
}
