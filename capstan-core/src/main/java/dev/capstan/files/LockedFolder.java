package dev.capstan.files;

import java.io.IOException;
import java.nio.file.Path;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A folder of one run, empty at first, that goes with all in it when this is closed; the lock that
 * keeps other runs away from it is held until then.
 */
record LockedFolder(Path path, OutputLock lock) implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(LockedFolder.class);

  /** What makes a folder that is not there. */
  interface Maker {
    Path make(Path folder) throws IOException;
  }

  /**
   * Locks, then makes the folder: whoever sweeps must not take it for a leftover.
   *
   * @param locked what the lock is of
   * @throws dev.capstan.error.InvalidInputException without naming the file, if another run holds
   *     the lock
   * @throws IOException if nothing can be written there
   */
  static LockedFolder make(Path locked, Path folder, Maker maker) throws IOException {
    OutputLock lock = OutputLock.of(locked);
    try {
      // A run that was killed may have left one.
      Disk.removeAll(folder);
      Drafts.open(folder);
      return new LockedFolder(Drafts.make(() -> maker.make(folder)), lock);
    } catch (IOException | RuntimeException e) {
      Drafts.take(folder);
      lock.close();
      throw e;
    }
  }

  @Override
  public void close() {
    Drafts.take(path);
    try {
      Disk.removeAll(path);
    } catch (IOException e) {
      // What was wanted is in place, or an error is on its way already.
      LOG.warn("{} cannot be removed: {}", path, e.toString());
    } finally {
      lock.close();
    }
  }
}
