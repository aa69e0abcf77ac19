package dev.capstan.pipeline.result;

import org.jspecify.annotations.Nullable;

/** The version of Capstan. */
public final class Version {
  /** As the jar's manifest names it. */
  public static final String NUMBER = number(Version.class.getPackage().getImplementationVersion());

  private Version() {}

  private static String number(@Nullable String ofManifest) {
    return ofManifest == null ? "(not packaged)" : ofManifest;
  }
}
