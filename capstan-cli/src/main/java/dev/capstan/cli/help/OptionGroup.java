package dev.capstan.cli.help;

import java.lang.reflect.Field;
import picocli.CommandLine.Model.OptionSpec;

/** What options are about, in the order of the help. */
public enum OptionGroup {
  GOAL("What to reach"),
  FILES("Files"),
  IMAGES("Images"),
  PREPROCESSING("Preprocessing"),
  RANKS("Ranks"),
  LEARNING("Learning and corrections"),
  TRAINING("Training"),
  MACHINE("Machine and chance"),
  GENERAL("General");

  private final String heading;

  OptionGroup(String heading) {
    this.heading = heading;
  }

  /** What the help calls it. */
  public String heading() {
    return heading;
  }

  /** The group of an option: its own, else that of its class. */
  static OptionGroup of(OptionSpec option) {
    if (!(option.userObject() instanceof Field field)) {
      return GENERAL;
    }
    InGroup own = field.getAnnotation(InGroup.class);
    InGroup common = field.getDeclaringClass().getAnnotation(InGroup.class);
    InGroup said = own != null ? own : common;
    return said == null ? GENERAL : said.value();
  }
}
