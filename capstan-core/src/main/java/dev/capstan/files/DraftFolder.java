package dev.capstan.files;

import dev.capstan.error.InvalidInputException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A folder beside a file that is to be: what belongs together is written there first, and moved
 * beside the file by {@link #commit} when all of it is ready. Closing it throws away the rest.
 */
public final class DraftFolder implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(DraftFolder.class);

  private final Path target;
  private final Path path;

  private DraftFolder(Path target, Path path) {
    this.target = target;
    this.path = path;
  }

  /**
   * Makes the folder, empty.
   *
   * @throws InvalidInputException naming the file {@code target}, if nothing can be written there
   */
  public static DraftFolder beside(Path target) {
    Path parent = target.toAbsolutePath().resolveSibling("");
    try {
      return new DraftFolder(target, Files.createTempDirectory(parent, ".capstan"));
    } catch (IOException e) {
      throw unwritable(target, e);
    }
  }

  /** Where the folder lies. */
  public Path path() {
    return path;
  }

  /**
   * Moves files of the folder into place, one after the other.
   *
   * @param files those that are not there are left out
   * @throws InvalidInputException if one cannot be moved
   */
  public void commit(List<Path> files) {
    try {
      for (Path file : files) {
        if (Files.exists(file)) {
          Files.move(
              file,
              target.resolveSibling(file.getFileName()),
              StandardCopyOption.ATOMIC_MOVE,
              StandardCopyOption.REPLACE_EXISTING);
        }
      }
    } catch (IOException e) {
      throw unwritable(target, e);
    }
  }

  private static InvalidInputException unwritable(Path target, IOException e) {
    return new InvalidInputException(target + ": cannot be written: " + e.getMessage(), e);
  }

  @Override
  public void close() {
    try {
      try (var left = Files.list(path)) {
        for (Path file : left.toList()) {
          Files.delete(file);
        }
      }
      Files.delete(path);
    } catch (IOException e) {
      // What was wanted is in place, or an error is on its way already.
      LOG.warn("{} cannot be removed: {}", path, e.toString());
    }
  }
}
