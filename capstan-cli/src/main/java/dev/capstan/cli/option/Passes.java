package dev.capstan.cli.option;

import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/**
 * Passes over the data that a user asks for.
 *
 * @param count how many, 0 where {@code automatic}
 * @param automatic whether they are left to the tool
 */
public record Passes(int count, boolean automatic) {
  /** As many as suit. */
  public static final Passes AUTO = new Passes(0, true);

  /** So many. */
  public static Passes of(int count) {
    return new Passes(count, false);
  }

  /** {@code auto}, or a whole number from 0 on. */
  public static final class Converter implements ITypeConverter<Passes> {
    @Override
    public Passes convert(String text) {
      if (text.equalsIgnoreCase("auto")) {
        return AUTO;
      }
      try {
        return of(new Numbers.Count().convert(text));
      } catch (TypeConversionException e) {
        throw new TypeConversionException(
            "expected auto or a whole number from 0 on, found '" + text + "'");
      }
    }
  }
}
