package dev.capstan.cli;

import static java.util.Objects.requireNonNull;

import dev.capstan.cli.help.Example;
import dev.capstan.cli.help.InGroup;
import dev.capstan.cli.help.OptionGroup;
import dev.capstan.cli.page.ReportPage;
import dev.capstan.text.Shown;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code capstan report}: a result as a page, again. */
@Example("report model-small.capstan.json")
@Command(
    name = "report",
    description = {
      "Draw the page of a result again from its record: one file of HTML that needs no other.",
      "compress, compare and train leave it beside their results."
    })
final class ReportCommand implements Callable<Integer> {
  private final RootCommand root;

  @Parameters(
      paramLabel = "RESULT",
      description =
          "The record, NAME.capstan.json, the model beside it, or results.json of compare.")
  private @Nullable Path result;

  @InGroup(OptionGroup.FILES)
  @Option(
      names = {"-o", "--out", "--output"},
      paramLabel = "PAGE.html",
      description = "The file to write. Default: NAME.capstan.html beside the record.")
  private @Nullable Path output;

  @InGroup(OptionGroup.FILES)
  @Option(
      names = "--markdown",
      description = "Print a summary in Markdown instead, as for a pull request.")
  private boolean markdown;

  ReportCommand(RootCommand root) {
    this.root = root;
  }

  @Override
  public Integer call() {
    Path record = requireNonNull(result);
    ReportPage page = ReportPage.of(record);
    if (markdown) {
      root.printWhole(page.document(), () -> Shown.lines(page.markdown()));
      return ExitCode.DONE;
    }
    Path target = output == null ? ReportPage.beside(record) : output;
    page.write(target);
    root.print(page.document(), () -> "written: " + target);
    return ExitCode.DONE;
  }
}
