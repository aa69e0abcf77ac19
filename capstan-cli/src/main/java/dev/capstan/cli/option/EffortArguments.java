package dev.capstan.cli.option;

import static java.util.Objects.requireNonNull;

import dev.capstan.cli.help.Everyday;
import dev.capstan.cli.help.InGroup;
import dev.capstan.cli.help.OptionGroup;
import dev.capstan.job.CompressionOptions.Effort;
import java.time.Duration;
import java.time.format.DateTimeParseException;
import java.util.Locale;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;
import picocli.CommandLine.TypeConversionException;

/** The options that say how much is computed. */
@InGroup(OptionGroup.GOAL)
public final class EffortArguments {
  @Spec(Spec.Target.MIXEE)
  private @Nullable CommandSpec spec;

  @Everyday
  @Option(
      names = "--time",
      paramLabel = "TIME",
      converter = Time.class,
      description =
          "How long the job may take on this machine, such as 90s, 10m or 1h30m: what is looked at"
              + " in it is fixed once a few runs were timed. Default: as long as suits the network"
              + " and the images, which is told before it begins.")
  private @Nullable Duration time;

  @Option(
      names = "--forward-runs",
      paramLabel = "N",
      converter = Numbers.Many.class,
      description =
          "The same by what it costs, on any machine: forward runs of one image. The number that a"
              + " job has told gives its result again, bit by bit.")
  private @Nullable Long runs;

  /**
   * What was asked for.
   *
   * @throws ParameterException if both were
   */
  public Effort effort() {
    if (time != null && runs != null) {
      throw new ParameterException(
          requireNonNull(spec).commandLine(),
          "--time and --forward-runs both say how much is computed: leave one out");
    }
    return new Effort(time == null ? 0 : time.toMillis() * 1e-3, runs == null ? 0 : runs);
  }

  /** A time as people write it. */
  static final class Time implements ITypeConverter<Duration> {
    @Override
    public Duration convert(String text) {
      try {
        Duration time = Duration.parse("PT" + text.toUpperCase(Locale.ROOT));
        if (time.compareTo(Duration.ZERO) > 0) {
          return time;
        }
      } catch (DateTimeParseException e) {
        throw expected(text);
      }
      throw expected(text);
    }

    private static TypeConversionException expected(String text) {
      return new TypeConversionException(
          "expected a time such as 90s, 10m or 1h30m, found '" + text + "'");
    }
  }
}
