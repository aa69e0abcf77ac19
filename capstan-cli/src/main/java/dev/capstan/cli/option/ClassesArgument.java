package dev.capstan.cli.option;

import dev.capstan.cli.help.InGroup;
import dev.capstan.cli.help.OptionGroup;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** The classes that labels stand for. */
@InGroup(OptionGroup.IMAGES)
public final class ClassesArgument {
  @Option(
      names = "--classes",
      paramLabel = "FILE",
      description =
          "All the network's class names in the order of its outputs, one a line, more words"
              + " allowed behind; the images may be of some of them. Default: the images' own in"
              + " alphabetical order.")
  private @Nullable Path classes;

  /** Null where it is not given. */
  public @Nullable Path file() {
    return classes;
  }
}
