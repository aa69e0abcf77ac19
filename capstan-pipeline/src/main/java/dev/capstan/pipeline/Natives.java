package dev.capstan.pipeline;

import dev.capstan.files.NativesFolder;
import java.nio.file.Path;

/**
 * The native libraries of libtorch, leptonica and ONNX Runtime, which are loaded once a process.
 */
public final class Natives {
  private Natives() {}

  /**
   * Has them unpacked into a folder (some 500 MB) instead of the user's home; the same as the
   * system property {@code capstan.natives}. They stay there, and the next process takes them from
   * there.
   *
   * @param folder made if it is not there, and closed to other users: what lies in it is executed
   * @throws IllegalStateException if a job of this process has unpacked them elsewhere
   */
  public static void unpackInto(Path folder) {
    NativesFolder.set(folder);
  }
}
