package dev.capstan.engine;

import dev.capstan.graph.InvalidInputException;
import java.io.IOException;
import java.io.UncheckedIOException;
import org.bytedeco.javacpp.Loader;

/**
 * Loads libtorch's native libraries.
 *
 * <p>JavaCPP unpacks each library when it loads it, into its cache in the user's home. On the first
 * start the system's linker therefore looks for {@code libtorch_cpu.so}, which {@code libtorch.so}
 * needs, before it is there, and crashes the virtual machine where it finds another version among
 * the system's libraries. So all of them are unpacked before any is loaded.
 */
public final class Libtorch {
  static {
    String platform = Loader.getPlatform();
    try {
      if (Loader.cacheResources("/org/bytedeco/pytorch/" + platform).length == 0) {
        throw new InvalidInputException(
            "libtorch is not there for "
                + platform
                + ": put org.bytedeco:pytorch with this classifier on the class path, on a"
                + " platform it has natives for (linux-x86_64, macosx-arm64, windows-x86_64)");
      }
    } catch (IOException unwritable) {
      throw new UncheckedIOException("cannot unpack libtorch into JavaCPP's cache", unwritable);
    }
  }

  private Libtorch() {}

  /** Must come before the first use of any class of libtorch; does nothing the next time. */
  public static void load() {
    // The initializer above did it.
  }
}
