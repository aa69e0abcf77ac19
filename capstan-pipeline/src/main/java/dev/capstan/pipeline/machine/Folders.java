package dev.capstan.pipeline.machine;

import dev.capstan.files.NativesFolder;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;

/** Folders that a run reads and writes beside those that the user names. */
public final class Folders {
  private Folders() {}

  /**
   * One of them.
   *
   * @param what is kept there
   * @param path where it lies
   * @param freeBytes of its disk
   * @param mode who may do what, as {@code ls -l} says it; empty where there are no modes
   * @param writable whether a file can be made there
   */
  public record Folder(String what, String path, long freeBytes, String mode, boolean writable) {}

  static List<Folder> all() {
    return List.of(
        folder("temporary files", Path.of(System.getProperty("java.io.tmpdir"))),
        folder(
            "libtorch, unpacked",
            property(
                "org.bytedeco.javacpp.cachedir",
                NativesFolder.of("libtorch", Path.of(".javacpp", "cache")))),
        folder(
            "ONNX Runtime, unpacked",
            property(
                "onnxruntime.native.path",
                NativesFolder.of("onnxruntime", Path.of(".cache", "capstan", "onnxruntime")))),
        folder("working folder", Path.of("").toAbsolutePath()));
  }

  private static Path property(String name, Path usual) {
    String given = System.getProperty(name);
    return given == null ? usual : Path.of(given);
  }

  private static Folder folder(String what, Path path) {
    return new Folder(what, path.toString(), free(path), mode(path), isWritable(path));
  }

  private static long free(Path path) {
    try {
      return Files.getFileStore(path).getUsableSpace();
    } catch (IOException e) {
      return 0;
    }
  }

  private static String mode(Path path) {
    try {
      return PosixFilePermissions.toString(Files.getPosixFilePermissions(path));
    } catch (IOException | UnsupportedOperationException e) {
      return "";
    }
  }

  /** What modes say is not all: the disk may be full or read-only. */
  private static boolean isWritable(Path path) {
    try {
      Files.delete(Files.createTempFile(path, ".capstan", ".tmp"));
      return true;
    } catch (IOException e) {
      return false;
    }
  }
}
