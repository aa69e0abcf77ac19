package dev.capstan.files;

import dev.capstan.error.InvalidInputException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.UUID;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A folder among the system's temporary files, of mode 0700 where there are modes, gone when this
 * is closed. One that a killed run left goes when the next is made.
 */
public final class TemporaryFolder implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(TemporaryFolder.class);
  private static final String PREFIX = "capstan-run-";

  private final LockedFolder folder;

  private TemporaryFolder(LockedFolder folder) {
    this.folder = folder;
  }

  /**
   * Makes one.
   *
   * @throws InvalidInputException if nothing can be written there
   */
  public static TemporaryFolder make() {
    Path all = Path.of(System.getProperty("java.io.tmpdir"));
    sweep(all);
    Path path = all.resolve(PREFIX + UUID.randomUUID());
    try {
      return new TemporaryFolder(LockedFolder.make(path, path, PrivateFolder::create));
    } catch (IOException e) {
      throw new InvalidInputException(
          "temporary files cannot be written in %s: %s".formatted(all, e.getMessage()), e);
    }
  }

  private static void sweep(Path all) {
    try (Stream<Path> entries = Files.list(all)) {
      List<Path> folders =
          entries.filter(path -> path.getFileName().toString().startsWith(PREFIX)).toList();
      folders.forEach(TemporaryFolder::removeIfLeft);
    } catch (IOException e) {
      LOG.debug("{} cannot be listed", all, e);
    }
  }

  private static void removeIfLeft(Path folder) {
    try (OutputLock lock = OutputLock.of(folder)) {
      Disk.removeAll(folder);
    } catch (IOException | InvalidInputException e) {
      LOG.debug("{} is in use, or another user's", folder, e);
    }
  }

  /** Where it lies. */
  public Path path() {
    return folder.path();
  }

  @Override
  public void close() {
    folder.close();
  }
}
