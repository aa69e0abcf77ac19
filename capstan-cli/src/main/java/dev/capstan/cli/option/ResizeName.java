package dev.capstan.cli.option;

import dev.capstan.job.PreprocessingOptions.ResizeMode;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/** A way to resize by its name, in any case. */
public final class ResizeName implements ITypeConverter<ResizeMode> {
  /** The names that the help lists. */
  public static final class All extends ArrayList<String> {
    private static final long serialVersionUID = 1;

    public All() {
      super(names());
    }
  }

  private static List<String> names() {
    return Arrays.stream(ResizeMode.values()).map(ResizeMode::word).toList();
  }

  @Override
  public ResizeMode convert(String name) {
    // Commands and files of versions that wrote letterbox_black are still understood.
    String word = name.toLowerCase(Locale.ROOT).replace('_', '-');
    return Arrays.stream(ResizeMode.values())
        .filter(mode -> mode.word().equals(word))
        .findFirst()
        .orElseThrow(
            () ->
                new TypeConversionException(
                    "expected one of %s, found '%s'".formatted(String.join(", ", names()), name)));
  }
}
