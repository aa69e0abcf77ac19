package dev.capstan.cli.help;

import java.lang.reflect.Field;
import java.util.Arrays;
import java.util.List;
import java.util.function.BooleanSupplier;
import java.util.stream.Collectors;
import picocli.CommandLine.Help;
import picocli.CommandLine.IHelpSectionRenderer;
import picocli.CommandLine.Model.OptionSpec;

/**
 * The options of a command in groups. Of a command with more than a page of them those of every day
 * are shown, unless all are asked for.
 */
final class GroupedOptions implements IHelpSectionRenderer {
  /** As many as are read before they are skimmed. */
  private static final int PAGE = 20;

  private final BooleanSupplier all;

  /** Help that shows everything where the supplier says so. */
  GroupedOptions(BooleanSupplier all) {
    this.all = all;
  }

  @Override
  public String render(Help help) {
    List<OptionSpec> options =
        help.commandSpec().options().stream().filter(option -> !option.hidden()).toList();
    boolean fits = options.size() <= PAGE;
    List<OptionSpec> shown =
        options.stream().filter(o -> fits || all.getAsBoolean() || isEveryday(o)).toList();
    String groups =
        Arrays.stream(OptionGroup.values())
            .map(group -> render(help, group, shown))
            .collect(Collectors.joining());
    int left = options.size() - shown.size();
    return left == 0 ? groups : groups + "%n%d more options: --help-all%n%n".formatted(left);
  }

  private static String render(Help help, OptionGroup group, List<OptionSpec> options) {
    List<OptionSpec> own =
        options.stream().filter(option -> group == OptionGroup.of(option)).toList();
    if (own.isEmpty()) {
      return "";
    }
    Help.Layout layout = help.createDefaultLayout();
    layout.addAllOptions(own, help.parameterLabelRenderer());
    return "%n%s:%n%s".formatted(group.heading(), layout);
  }

  private static boolean isEveryday(OptionSpec option) {
    return option.required()
        || !(option.userObject() instanceof Field field)
        || field.isAnnotationPresent(Everyday.class);
  }
}
