package dev.capstan.cli.option;

import static java.util.Objects.requireNonNull;

import dev.capstan.cli.help.InGroup;
import dev.capstan.cli.help.OptionGroup;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** The option that says what a model's inputs beside the image are. */
@InGroup(OptionGroup.PREPROCESSING)
public final class GivenInputs {
  @Spec(Spec.Target.MIXEE)
  private @Nullable CommandSpec command;

  @Option(
      names = "--input",
      paramLabel = "NAME=NUMBER,...",
      description =
          "What another input than the image is in every run: as many numbers as its shape says,"
              + " or one for all of them. May be given for each input.")
  private List<String> inputs = List.of();

  /**
   * Numbers by name of the input.
   *
   * @throws ParameterException if the option says something else
   */
  public Map<String, List<Double>> numbers() {
    Map<String, List<Double>> numbers = new LinkedHashMap<>();
    List<Double> last = null;
    // A configuration file joins its list by commas: a new name begins another input.
    for (String part : String.join(",", inputs).replaceAll("[\\[\\]\\s]", "").split(",")) {
      int equals = part.lastIndexOf('=');
      if (equals > 0) {
        last = new ArrayList<>();
        numbers.put(part.substring(0, equals), last);
      }
      if (last != null) {
        last.add(number(part.substring(equals + 1)));
      } else if (!part.isEmpty()) {
        throw wrong(part);
      }
    }
    return numbers;
  }

  private double number(String text) {
    try {
      double number = Double.parseDouble(text);
      if (Double.isFinite(number)) {
        return number;
      }
    } catch (NumberFormatException e) {
      throw wrong(text);
    }
    throw wrong(text);
  }

  private ParameterException wrong(String text) {
    return new ParameterException(
        requireNonNull(command).commandLine(),
        "--input: expected NAME=NUMBER,NUMBER..., found '%s'".formatted(text));
  }
}
