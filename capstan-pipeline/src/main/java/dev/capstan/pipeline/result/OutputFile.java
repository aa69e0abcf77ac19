package dev.capstan.pipeline.result;

import dev.capstan.error.InvalidInputException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** Checks that a result can be written, before the work for it begins. */
public final class OutputFile {
  private OutputFile() {}

  /**
   * The file, whose folder is there and writable.
   *
   * @throws InvalidInputException if it could not be written, saying why
   */
  public static Path checked(Path file) {
    Path folder = file.toAbsolutePath().getParent();
    if (folder == null || Files.isDirectory(file)) {
      throw new InvalidInputException(file + ": is a folder, expected the name of a file to write");
    }
    if (!Files.isDirectory(folder)) {
      throw new InvalidInputException(
          "%s: cannot be written, there is no folder %s; create it first".formatted(file, folder));
    }
    tryWriting(file, folder);
    return file;
  }

  /** Writes and removes a file: permissions alone do not tell. */
  private static void tryWriting(Path file, Path folder) {
    try {
      Files.delete(Files.createTempFile(folder, ".capstan", ".tmp"));
    } catch (IOException e) {
      throw new InvalidInputException(
          "%s: cannot be written, the folder %s allows no writing".formatted(file, folder), e);
    }
  }
}
