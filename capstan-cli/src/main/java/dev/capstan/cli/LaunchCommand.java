package dev.capstan.cli;

import static java.util.Objects.requireNonNull;

import dev.capstan.cli.help.Everyday;
import dev.capstan.cli.help.Example;
import dev.capstan.cli.help.InGroup;
import dev.capstan.cli.help.OptionGroup;
import dev.capstan.cli.option.Numbers;
import dev.capstan.files.TemporaryFolder;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code capstan launch}: one job in several processes of this host. */
@Example("launch --nproc 2 compress model.onnx --data photos")
@Command(
    name = "launch",
    description = {
      "Run compress or train in several processes of this host, which share the steps of learning"
          + " and training. All end when one dies.",
      "On several hosts torchrun starts them, or Kubernetes: then the commands need no launch."
    })
final class LaunchCommand implements Callable<Integer> {
  private static final List<String> SHARED = List.of("compress", "train");

  private final RootCommand root;
  private @Nullable CommandSpec spec;

  @Everyday
  @InGroup(OptionGroup.MACHINE)
  @Option(
      names = "--nproc",
      required = true,
      paramLabel = "N",
      converter = Numbers.Natural.class,
      description = "How many processes.")
  private int count;

  @Parameters(
      paramLabel = "COMMAND",
      arity = "1..*",
      description = "The command, with all that it takes.")
  private List<String> command = new ArrayList<>();

  LaunchCommand(RootCommand root) {
    this.root = root;
  }

  /** What follows the command's name is that command's. */
  @Spec
  void spec(CommandSpec said) {
    spec = said;
    said.parser().stopAtPositional(true);
  }

  @Override
  public Integer call() {
    if (SHARED.stream().noneMatch(command::contains)) {
      throw new ParameterException(
          requireNonNull(spec).commandLine(),
          "launch: expected %s and what it takes, found '%s'"
              .formatted(String.join(" or ", SHARED), String.join(" ", command)));
    }
    try (TemporaryFolder folder = TemporaryFolder.make();
        LocalRanks ranks =
            LocalRanks.start(command, count, folder.path().resolve("store"), root.console())) {
      return ranks.end(root.stopping());
    }
  }
}
