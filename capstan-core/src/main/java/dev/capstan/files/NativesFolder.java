package dev.capstan.files;

import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/** Where native libraries are unpacked: in the user's home, or where the user says. */
public final class NativesFolder {
  private static final String PROPERTY = "capstan.natives";

  private static @Nullable Path used;

  private NativesFolder() {}

  /**
   * The folder of a library.
   *
   * @param library its name
   * @param usual where it lies below the home if nothing is said
   */
  public static synchronized Path of(String library, Path usual) {
    String given = System.getProperty(PROPERTY);
    Path folder =
        given == null
            ? Path.of(System.getProperty("user.home", "")).resolve(usual)
            : Path.of(given, library);
    used = folder;
    return folder;
  }

  /**
   * Says where, for this process.
   *
   * @throws IllegalStateException if a library was unpacked elsewhere before
   */
  public static synchronized void set(Path folder) {
    Path place = folder.toAbsolutePath();
    if (used != null && !used.startsWith(place)) {
      throw new IllegalStateException(
          "natives are in use from %s: say where they go before the first job".formatted(used));
    }
    System.setProperty(PROPERTY, place.toString());
  }
}
