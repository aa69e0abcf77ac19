package dev.capstan.cli;

import static java.util.Objects.requireNonNull;

import dev.capstan.cli.help.Example;
import dev.capstan.cli.help.InGroup;
import dev.capstan.cli.help.Manual;
import dev.capstan.cli.help.OptionGroup;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code capstan man}: the manual. */
@Example("man > ~/.local/share/man/man1/capstan.1")
@Command(name = "man", description = "Print all commands and options as a man page.")
final class ManCommand implements Callable<Integer> {
  private final RootCommand root;

  @Spec private @Nullable CommandSpec spec;

  @InGroup(OptionGroup.FILES)
  @Option(names = "--markdown", description = "Print it in Markdown, as docs/cli.md.")
  private boolean markdown;

  ManCommand(RootCommand root) {
    this.root = root;
  }

  @Override
  public Integer call() {
    CommandLine tool = requireNonNull(spec).root().commandLine();
    root.console().out().print(markdown ? Manual.markdown(tool) : Manual.roff(tool));
    return ExitCode.DONE;
  }
}
