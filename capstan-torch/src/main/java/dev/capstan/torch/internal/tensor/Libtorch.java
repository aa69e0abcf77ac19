package dev.capstan.torch.internal.tensor;

import dev.capstan.error.InvalidInputException;
import dev.capstan.files.NativesFolder;
import dev.capstan.files.PrivateFolder;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Map;
import java.util.stream.Stream;
import org.bytedeco.javacpp.BytePointer;
import org.bytedeco.javacpp.Loader;
import org.bytedeco.leptonica.global.leptonica;
import org.bytedeco.openblas.presets.openblas_nolapack;
import org.bytedeco.pytorch.global.torch;
import org.jspecify.annotations.Nullable;

/**
 * Loads the native libraries of libtorch and leptonica.
 *
 * <p>JavaCPP unpacks each library when it loads it, into its cache in the user's home. On the first
 * start the system's linker therefore looks for {@code libtorch_cpu.so}, which {@code libtorch.so}
 * needs, before it is there, and crashes the virtual machine where it finds another version among
 * the system's libraries. So all of them are unpacked before any is loaded.
 *
 * <p>libtorch, leptonica and OpenBLAS each bring a {@code libgomp.so.1}; JavaCPP keeps one and
 * makes the others symbolic links to it, at every start anew: the link is deleted, the file
 * unpacked, the file deleted, the link made. A second process that loads its libraries meanwhile
 * maps a file that is being written, and dies of a bus error. So processes unpack and load one
 * after the other, all libraries at once.
 */
public final class Libtorch {
  /** Beside the cache's folders; empty, held while natives are unpacked and loaded. */
  static final String LOCK = ".capstan.lock";

  private static final String CACHE = "org.bytedeco.javacpp.cachedir";
  private static final String MEMORY = "org.bytedeco.javacpp.maxPhysicalBytes";

  private static boolean loaded;

  private Libtorch() {}

  /**
   * Must come before the first use of any class of libtorch or leptonica; does nothing the next
   * time. Waits while another process loads.
   *
   * @throws InvalidInputException if there are no libraries for this platform or they cannot be
   *     unpacked
   */
  public static synchronized void load() {
    if (!loaded) {
      keepPrivate();
      countOnlyOwnMemory();
      Natives.check(Loader.getPlatform());
      unpackAndLoad(Loader.getPlatform());
      // Small matrix products would wake OpenBLAS's threads, which spin against OpenMP's.
      openblas_nolapack.blas_set_num_threads(1);
      loaded = true;
    }
  }

  /** Where libraries of this version will be unpacked; null if they lie there. */
  public static @Nullable Path unpacksInto() {
    String name = "pytorch-" + Natives.version("pytorch");
    Path cache = cache();
    try (Stream<Path> unpacked = Files.list(cache)) {
      return unpacked.anyMatch(jar -> jar.getFileName().toString().startsWith(name)) ? null : cache;
    } catch (IOException none) {
      return cache;
    }
  }

  private static Path cache() {
    String given = System.getProperty(CACHE);
    return given == null
        ? NativesFolder.of("libtorch", Path.of(".javacpp", "cache"))
        : Path.of(given);
  }

  /** Versions of libtorch and leptonica, by name. */
  public static Map<String, String> versions() {
    return Map.of(
        "libtorch", Natives.version("pytorch"), "leptonica", Natives.version("leptonica"));
  }

  /** What of the processor's features libtorch makes use of. */
  public static String features() {
    load();
    try (BytePointer features = torch.get_cpu_capability()) {
      return features.getString();
    }
  }

  /**
   * JavaCPP believes a library of its cache by size and date, and where the home cannot be written
   * takes a folder of known name among the temporary files, which others may have made before.
   */
  private static void keepPrivate() {
    System.setProperty(CACHE, PrivateFolder.of(cache()).toString());
  }

  /**
   * JavaCPP limits the memory of the whole process, counts what libtorch holds by itself, and
   * answers with collections. It reads the limit when it is first used.
   */
  private static void countOnlyOwnMemory() {
    if (System.getProperty(MEMORY) == null) {
      System.setProperty(MEMORY, "0");
    }
  }

  private static void unpackAndLoad(String platform) {
    try (FileChannel channel = lockFile();
        FileLock lock = channel.lock()) {
      Loader.cacheResources("/org/bytedeco/pytorch/" + platform);
      Loader.load(torch.class);
      Loader.load(leptonica.class);
    } catch (IOException unwritable) {
      throw new InvalidInputException(
          "cannot unpack libtorch into JavaCPP's cache: " + unwritable, unwritable);
    }
  }

  private static FileChannel lockFile() throws IOException {
    Path file = Loader.getCacheDir().toPath().resolve(LOCK);
    return FileChannel.open(file, StandardOpenOption.CREATE, StandardOpenOption.WRITE);
  }
}
