package dev.capstan.pipeline;

import dev.capstan.files.NativesFolder;
import dev.capstan.torch.TorchSession;
import java.nio.file.Path;
import java.util.function.Consumer;

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

  /**
   * Tells that a job will unpack them first, if those of this version do not lie there.
   *
   * @param listener is given one line, or nothing
   */
  public static void announce(Consumer<String> listener) {
    Path folder = TorchSession.unpacksInto();
    if (folder != null) {
      listener.accept(
          "unpacking native libraries, some 500 MB, into %s: later starts find them there"
              .formatted(folder));
    }
  }
}
