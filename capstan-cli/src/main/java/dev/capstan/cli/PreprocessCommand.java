package dev.capstan.cli;

import dev.capstan.cli.help.Everyday;
import dev.capstan.cli.help.Example;
import dev.capstan.cli.help.InGroup;
import dev.capstan.cli.help.OptionGroup;
import dev.capstan.cli.option.FeedArguments;
import dev.capstan.cli.option.JobOptions;
import dev.capstan.cli.option.Numbers;
import dev.capstan.cli.table.Table;
import dev.capstan.cli.table.Table.Column;
import dev.capstan.files.AtomicFile;
import dev.capstan.job.PreprocessingOptions;
import dev.capstan.pipeline.preprocess.PreprocessingSearch;
import dev.capstan.pipeline.preprocess.PreprocessingSearch.Found;
import dev.capstan.pipeline.preprocess.PreprocessingSearch.Tried;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code capstan preprocess}: what a network was trained to be shown. */
@Example("preprocess model.onnx --data photos -o images.yaml")
@Command(
    name = "preprocess",
    description = {
      "Find out how images become the network's input: try the usual presets in both orders of"
          + " colours, and tell the best, or that nobody can tell.",
      "With labels by accuracy; else by the statistics that BatchNormalization has kept; where a"
          + " file has none left, by what a classifier says of images that are mirrored, moved or"
          + " darker. With labels the usual ways to resize are tried as well. Exit code 3 if it"
          + " cannot tell."
    })
final class PreprocessCommand implements Callable<Integer> {
  private final RootCommand root;

  @Parameters(paramLabel = "MODEL", description = "An ONNX file.")
  private @Nullable Path model;

  @InGroup(OptionGroup.IMAGES)
  @Option(
      names = "--data",
      required = true,
      paramLabel = "DIR",
      description =
          "Images of the kind that the network is for, best with labels: DIR/CLASS/*.jpg.")
  private @Nullable Path data;

  @Everyday
  @InGroup(OptionGroup.IMAGES)
  @Option(
      names = "--images",
      paramLabel = "N",
      defaultValue = "0",
      converter = Numbers.Count.class,
      description = "Images to look at. Default: 256 with labels, else 64.")
  private int images;

  @Everyday
  @InGroup(OptionGroup.FILES)
  @Option(
      names = {"-o", "--out", "--output"},
      paramLabel = "FILE.yaml",
      description = "Where to write what was found, for --config; nothing if it cannot tell.")
  private @Nullable Path output;

  @Mixin private FeedArguments feed = new FeedArguments();

  PreprocessCommand(RootCommand root) {
    this.root = root;
  }

  @Override
  public Integer call() {
    root.requireLibtorch();
    Found found = PreprocessingSearch.run(feed.of(model, data), images, root.display());
    Path written = found.chosen() == null ? null : output;
    if (written != null) {
      byte[] yaml = yaml(found.options()).getBytes(StandardCharsets.UTF_8);
      AtomicFile.write(written, stream -> stream.write(yaml));
    }
    root.print(found, () -> text(found, written));
    return found.chosen() == null ? ExitCode.MISSED : ExitCode.DONE;
  }

  private static String text(Found found, @Nullable Path written) {
    String answer =
        found.chosen() == null
            ? "cannot tell: %s; the default is kept, or say it with --preset".formatted(found.why())
            : "%s: %s%n%n%s"
                .formatted(found.chosen(), found.why(), yaml(found.options()).stripTrailing());
    return "%s%nby %s, on %d images%n%s%n%s%s"
        .formatted(
            found.tried().isEmpty() ? "" : table(found.tried()) + "%n".formatted(),
            found.by(),
            found.images(),
            found.resize().isEmpty() ? "" : "resize: %s%n".formatted(found.resize()),
            answer,
            written == null ? "" : "%nwritten: %s".formatted(written));
  }

  private static Table table(List<Tried> tried) {
    return new Table(
        List.of(
            Column.words("convention"),
            Column.numbers("score"),
            Column.numbers("behind"),
            Column.numbers("standard error")),
        tried.stream()
            .map(
                one ->
                    List.of(
                        one.name(),
                        String.format(Locale.ROOT, "%.4f", one.score()),
                        String.format(Locale.ROOT, "%.4f", one.behind()),
                        String.format(Locale.ROOT, "%.4f", one.error())))
            .toList());
  }

  /** As {@code --config} takes it. */
  private static String yaml(PreprocessingOptions options) {
    return JobOptions.of(options).entrySet().stream()
        .map(entry -> "%s: %s%n".formatted(entry.getKey(), value(entry.getValue())))
        .collect(Collectors.joining());
  }

  private static String value(String value) {
    return value.contains(",") ? "[" + value.replace(",", ", ") + "]" : value;
  }
}
