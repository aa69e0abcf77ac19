package dev.capstan.cli.option;

import dev.capstan.job.PreprocessingOptions.Extent;
import java.util.Locale;
import java.util.function.Function;
import java.util.function.Predicate;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/** Numbers within a range; others are wrong usage. */
public final class Numbers {
  private Numbers() {}

  private static <T> T within(
      String text, Function<String, T> parser, Predicate<T> range, String expected) {
    T number;
    try {
      number = parser.apply(text);
    } catch (NumberFormatException e) {
      throw new TypeConversionException("expected " + expected + ", found '" + text + "'");
    }
    if (!range.test(number)) {
      throw new TypeConversionException("expected " + expected + ", found " + text);
    }
    return number;
  }

  /** A whole number from 0 on. */
  public static final class Count implements ITypeConverter<Integer> {
    @Override
    public Integer convert(String text) {
      return within(text, Integer::valueOf, n -> n >= 0, "a whole number from 0 on");
    }
  }

  /** An extent in pixels: a square's side, or width x height. */
  public static final class Pixels implements ITypeConverter<Extent> {
    @Override
    public Extent convert(String text) {
      return within(
          text,
          Pixels::extent,
          extent -> Math.min(extent.height(), extent.width()) >= 1,
          "a number of pixels, or WIDTHxHEIGHT");
    }

    private static Extent extent(String text) {
      String sides = text.toLowerCase(Locale.ROOT);
      return sides.contains("x")
          ? Extent.of(sides)
          : Extent.square(Integer.parseInt(sides.strip()));
    }
  }

  /** A whole number from 1 on. */
  public static final class Natural implements ITypeConverter<Integer> {
    @Override
    public Integer convert(String text) {
      return within(text, Integer::valueOf, n -> n >= 1, "a whole number from 1 on");
    }
  }

  /** A whole number from 1 on that may be large. */
  static final class Many implements ITypeConverter<Long> {
    @Override
    public Long convert(String text) {
      return within(text, Long::valueOf, n -> n >= 1, "a whole number from 1 on");
    }
  }

  /** A share that may be nothing: in [0, 1]. */
  static final class Fraction implements ITypeConverter<Double> {
    @Override
    public Double convert(String text) {
      return within(text, Double::valueOf, x -> x >= 0 && x <= 1, "a share in [0, 1]");
    }
  }

  /** Percent: in [0, 100]. */
  static final class Percent implements ITypeConverter<Double> {
    @Override
    public Double convert(String text) {
      return within(text, Double::valueOf, x -> x >= 0 && x <= 100, "percent in [0, 100]");
    }
  }

  /** A share of the past: in [0, 1). */
  static final class Decay implements ITypeConverter<Double> {
    @Override
    public Double convert(String text) {
      return within(text, Double::valueOf, x -> x >= 0 && x < 1, "a share in [0, 1)");
    }
  }

  /** A share in (0, 1]. */
  public static final class Share implements ITypeConverter<Double> {
    @Override
    public Double convert(String text) {
      return within(text, Double::valueOf, x -> x > 0 && x <= 1, "a share in (0, 1]");
    }
  }

  /** A finite number. */
  static final class Finite implements ITypeConverter<Double> {
    @Override
    public Double convert(String text) {
      return within(text, Double::valueOf, Double::isFinite, "a number");
    }
  }

  /** A finite number above 0. */
  static final class Positive implements ITypeConverter<Double> {
    @Override
    public Double convert(String text) {
      return within(text, Double::valueOf, x -> x > 0 && Double.isFinite(x), "a number above 0");
    }
  }

  /** A finite number from 0 on. */
  static final class NotNegative implements ITypeConverter<Double> {
    @Override
    public Double convert(String text) {
      return within(text, Double::valueOf, x -> x >= 0 && Double.isFinite(x), "a number from 0 on");
    }
  }
}
