package dev.capstan.ort;

import static java.nio.file.StandardOpenOption.CREATE;
import static java.nio.file.StandardOpenOption.WRITE;

import ai.onnxruntime.OrtEnvironment;
import dev.capstan.error.InvalidInputException;
import dev.capstan.files.AtomicFile;
import dev.capstan.files.NativesFolder;
import dev.capstan.files.PrivateFolder;
import java.io.IOException;
import java.io.InputStream;
import java.lang.reflect.Field;
import java.net.URL;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keeps ONNX Runtime's libraries unpacked in a folder of the user's own. By itself it unpacks 24 MB
 * into the temporary files at each start, and leaves them there where the process is killed.
 */
final class OrtNatives {
  private static final Logger LOG = LoggerFactory.getLogger(OrtNatives.class);

  /** Where ONNX Runtime looks for libraries that are unpacked. */
  private static final String PATH = "onnxruntime.native.path";

  private OrtNatives() {}

  /**
   * Must come before the first use of ONNX Runtime. Nothing is done where the user says where the
   * libraries lie, or they come for another platform.
   *
   * @throws InvalidInputException if they cannot be unpacked
   */
  static synchronized void unpack() {
    if (System.getProperty(PATH) == null && resource("onnxruntime") != null) {
      Path usual = Path.of(".cache", "capstan", "onnxruntime");
      Path folder = PrivateFolder.of(NativesFolder.of("onnxruntime", usual));
      putAll(folder);
      System.setProperty(PATH, folder.toString());
    }
  }

  /**
   * To be called once ONNX Runtime is loaded: it makes a folder among the temporary files, which it
   * needs no more and leaves there where the process is killed.
   */
  static void removeTemporaryFolder() {
    try {
      Field folder = Class.forName("ai.onnxruntime.OnnxRuntime").getDeclaredField("tempDirectory");
      folder.setAccessible(true);
      if (System.getProperty(PATH) != null && folder.get(null) instanceof Path path) {
        Files.deleteIfExists(path);
      }
    } catch (ReflectiveOperationException | RuntimeException | IOException e) {
      // Another version of it may do otherwise; the folder goes when the process ends by itself.
      LOG.debug("ONNX Runtime's temporary folder stays", e);
    }
  }

  /** Where the libraries lie, as an option for another Java; none where that must unpack them. */
  static Stream<String> option() {
    unpack();
    return Optional.ofNullable(System.getProperty(PATH))
        .map(path -> "-D" + PATH + "=" + path)
        .stream();
  }

  /** One process after the other: what another one maps must not be half-written. */
  private static void putAll(Path folder) {
    Path file = folder.resolve(".lock");
    try (FileChannel channel = FileChannel.open(file, CREATE, WRITE);
        FileLock lock = channel.lock()) {
      put("onnxruntime", folder);
      put("onnxruntime4j_jni", folder);
    } catch (IOException e) {
      throw new InvalidInputException(
          folder + ": ONNX Runtime cannot be unpacked here: " + e.getMessage(), e);
    }
  }

  private static @Nullable URL resource(String library) {
    return OrtEnvironment.class.getResource(
        "/ai/onnxruntime/native/%s/%s".formatted(platform(), System.mapLibraryName(library)));
  }

  /** As the jar names its folders. */
  private static String platform() {
    String system = System.getProperty("os.name", "").toLowerCase(Locale.ROOT);
    boolean arm = System.getProperty("os.arch", "").startsWith("aarch64");
    String name = system.contains("mac") ? "osx" : system.contains("win") ? "win" : "linux";
    return name + (arm ? "-aarch64" : "-x64");
  }

  /** Compared byte by byte at each start: what lies there is what the jar holds. */
  private static void put(String library, Path folder) {
    URL resource = resource(library);
    Path file = folder.resolve(System.mapLibraryName(library));
    if (resource == null || isSame(resource, file)) {
      return;
    }
    AtomicFile.write(
        file,
        stream -> {
          try (InputStream bytes = resource.openStream()) {
            bytes.transferTo(stream);
          }
        });
  }

  private static boolean isSame(URL resource, Path file) {
    if (!Files.isRegularFile(file)) {
      return false;
    }
    try (InputStream wanted = resource.openStream();
        InputStream found = Files.newInputStream(file)) {
      byte[] block = wanted.readNBytes(1 << 16);
      while (block.length > 0) {
        if (!Arrays.equals(block, found.readNBytes(block.length))) {
          return false;
        }
        block = wanted.readNBytes(1 << 16);
      }
      return found.read() < 0;
    } catch (IOException e) {
      throw new InvalidInputException(file + ": cannot be read: " + e.getMessage(), e);
    }
  }
}
