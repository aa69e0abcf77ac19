package dev.capstan.torch.internal.tensor;

import dev.capstan.error.InvalidInputException;
import java.io.IOException;
import java.util.List;
import java.util.stream.Collectors;
import org.bytedeco.javacpp.Loader;

/** The artifacts that hold what libtorch and leptonica need of a platform. */
final class Natives {
  /** Of {@code org.bytedeco}. */
  private static final List<String> ARTIFACTS =
      List.of("javacpp", "openblas", "pytorch", "leptonica");

  private static final List<String> PLATFORMS =
      List.of("linux-x86_64", "macosx-arm64", "macosx-x86_64", "windows-x86_64");

  private Natives() {}

  /**
   * Checks that all of them are on the class path.
   *
   * @throws InvalidInputException if some are missing, saying what to depend on
   */
  static void check(String platform) {
    List<String> missing =
        ARTIFACTS.stream().filter(artifact -> !isThere(artifact, platform)).toList();
    if (!missing.isEmpty()) {
      throw missing(platform, missing);
    }
  }

  private static boolean isThere(String artifact, String platform) {
    return Natives.class.getResource("/org/bytedeco/" + artifact + "/" + platform + "/") != null
        || Natives.class.getResource("/org/bytedeco/" + artifact + "/" + platform) != null;
  }

  private static InvalidInputException missing(String platform, List<String> missing) {
    if (!PLATFORMS.contains(platform)) {
      return new InvalidInputException(
          "libtorch has no natives for %s: it runs on %s"
              .formatted(platform, String.join(", ", PLATFORMS)));
    }
    return new InvalidInputException(
        "natives for %s are not on the class path: add to the dependencies %s"
            .formatted(
                platform,
                missing.stream()
                    .map(name -> "org.bytedeco:" + name + ":" + version(name) + ":" + platform)
                    .collect(Collectors.joining(", "))));
  }

  /** Of an artifact of {@code org.bytedeco}, or {@code unknown}. */
  static String version(String artifact) {
    try {
      return Loader.getVersion("org.bytedeco", artifact);
    } catch (IOException e) {
      return "unknown";
    }
  }
}
