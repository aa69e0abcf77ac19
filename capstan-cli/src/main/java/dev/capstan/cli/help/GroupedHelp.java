package dev.capstan.cli.help;

import java.util.HashMap;
import java.util.Map;
import java.util.function.BooleanSupplier;
import picocli.CommandLine;
import picocli.CommandLine.Help;
import picocli.CommandLine.IHelpSectionRenderer;
import picocli.CommandLine.Model.UsageMessageSpec;

/** Help with options in groups and an example at its foot. */
public final class GroupedHelp {
  private GroupedHelp() {}

  /**
   * Gives a tool and all its commands this help.
   *
   * @param all whether options that are rarely needed are asked for, too
   */
  public static void on(CommandLine tool, BooleanSupplier all) {
    Map<String, IHelpSectionRenderer> sections = new HashMap<>(tool.getHelpSectionMap());
    sections.put(UsageMessageSpec.SECTION_KEY_OPTION_LIST, new GroupedOptions(all));
    sections.put(UsageMessageSpec.SECTION_KEY_FOOTER, GroupedHelp::foot);
    tool.setHelpSectionMap(sections);
  }

  private static String foot(Help help) {
    Example example = help.commandSpec().userObject().getClass().getAnnotation(Example.class);
    String shown = example == null ? "" : "Example:%n  capstan %s%n".formatted(example.value());
    return shown + help.footerHeading() + help.footer();
  }
}
