package dev.capstan.cli.option;

import dev.capstan.pipeline.preprocess.Preset;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/** A preset by its name, in any case. */
public final class PresetName implements ITypeConverter<Preset> {
  /** The names that completion offers. */
  public static final class All extends ArrayList<String> {
    private static final long serialVersionUID = 1;

    public All() {
      super(names());
    }
  }

  private static List<String> names() {
    return Arrays.stream(Preset.values()).map(Preset::word).toList();
  }

  @Override
  public Preset convert(String name) {
    return Arrays.stream(Preset.values())
        .filter(preset -> preset.word().equals(name.toLowerCase(Locale.ROOT)))
        .findFirst()
        .orElseThrow(
            () ->
                new TypeConversionException(
                    "expected one of %s, found '%s'".formatted(String.join(", ", names()), name)));
  }
}
