package dev.capstan.cli.help;

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

  String heading() {
    return heading;
  }
}
