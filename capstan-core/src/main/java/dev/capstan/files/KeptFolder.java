package dev.capstan.files;

import dev.capstan.error.InvalidInputException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

/**
 * A hidden folder beside an output, which stays when the process ends: for what a run keeps of
 * itself. Whoever uses it holds the lock of the output ({@link DraftFolder}).
 */
public final class KeptFolder {
  private final Path path;

  private KeptFolder(Path path) {
    this.path = path;
  }

  /** The folder {@code .NAME.kind} of an output. */
  public static KeptFolder beside(Path target, String kind) {
    return new KeptFolder(OutputLock.beside(OutputPath.resolved(target), kind));
  }

  /** Where it lies. */
  public Path path() {
    return path;
  }

  /** Makes it where it is not there. */
  public void make() {
    try {
      Files.createDirectories(path);
    } catch (IOException e) {
      throw new InvalidInputException(path + ": cannot be made: " + e.getMessage(), e);
    }
  }

  /** Names of what lies in it; none where it is not there. */
  public List<String> names() {
    if (!Files.isDirectory(path)) {
      return List.of();
    }
    try (Stream<Path> files = Files.list(path)) {
      return files.map(file -> file.getFileName().toString()).sorted().toList();
    } catch (IOException e) {
      throw new InvalidInputException(path + ": cannot be read: " + e.getMessage(), e);
    }
  }

  /** Removes it with all in it; a link in its place is removed, not followed. */
  public void remove() {
    try {
      Disk.removeAll(path);
    } catch (IOException e) {
      throw new InvalidInputException(path + ": cannot be removed: " + e.getMessage(), e);
    }
  }
}
