package dev.capstan.pipeline.result;

import dev.capstan.error.InvalidInputException;
import dev.capstan.files.OutputPath;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** Checks that a result can be written, before the work for it begins. */
public final class OutputFile {
  private OutputFile() {}

  /**
   * The file, which is absent or a regular one, in a folder that is there and writable; of a
   * symbolic link what it points to.
   *
   * @throws InvalidInputException if it could not be written, saying why
   */
  public static Path checked(Path file) {
    Path target;
    try {
      target = OutputPath.resolved(file);
    } catch (InvalidInputException e) {
      throw new InvalidInputException(file + ": " + e.getMessage(), e);
    }
    tryWriting(file, target.toAbsolutePath().resolveSibling(""));
    return target;
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
