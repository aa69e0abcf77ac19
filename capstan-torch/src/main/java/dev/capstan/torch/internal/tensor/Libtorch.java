package dev.capstan.torch.internal.tensor;

import dev.capstan.error.InvalidInputException;
import java.io.IOException;
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
  private static boolean unpacked;

  private Libtorch() {}

  /**
   * Must come before the first use of any class of libtorch; does nothing the next time.
   *
   * @throws InvalidInputException if there are no libraries for this platform or they cannot be
   *     unpacked
   */
  public static synchronized void load() {
    if (!unpacked) {
      unpack(Loader.getPlatform());
      unpacked = true;
    }
  }

  private static void unpack(String platform) {
    try {
      if (Loader.cacheResources("/org/bytedeco/pytorch/" + platform).length == 0) {
        throw new InvalidInputException(
            "libtorch has no natives on the class path for "
                + platform
                + ": it runs on linux-x86_64, macosx-arm64 and windows-x86_64");
      }
    } catch (IOException unwritable) {
      throw new InvalidInputException(
          "cannot unpack libtorch into JavaCPP's cache: " + unwritable, unwritable);
    }
  }
}
