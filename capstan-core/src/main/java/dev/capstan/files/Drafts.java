package dev.capstan.files;

import dev.capstan.error.InvalidInputException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What this process writes and has not put in its place: a process that is to end in the middle of
 * its work can throw it away. One that is killed leaves it, and the next run removes it.
 */
public final class Drafts {
  private static final Logger LOG = LoggerFactory.getLogger(Drafts.class);

  /** Where it cannot be removed at all, the next run does so. */
  private static final int TRIES = 100;

  private static final Set<Path> OPEN = ConcurrentHashMap.newKeySet();

  private static boolean ended;

  private Drafts() {}

  /** What makes a file or a folder. */
  interface Making<T> {
    T make() throws IOException;
  }

  /**
   * Makes a draft or a lock, where the process does not end meanwhile.
   *
   * @throws InvalidInputException if it ends
   */
  static synchronized <T> T make(Making<T> making) throws IOException {
    if (ended) {
      throw new InvalidInputException("not written, since the process ends");
    }
    return making.make();
  }

  static void open(Path draft) {
    OPEN.add(draft);
  }

  /** Takes a draft out of reach of {@link #abandon}; false where that was there before. */
  static boolean take(Path draft) {
    return OPEN.remove(draft);
  }

  /** Removes all drafts and locks, and lets none be made any more: the process ends at once. */
  public static void end() {
    close();
    abandon();
  }

  private static synchronized void close() {
    ended = true;
  }

  /**
   * Removes all drafts and locks, but what is being moved into place. Work that goes on misses
   * them.
   */
  static void abandon() {
    for (Path draft : OPEN) {
      if (take(draft)) {
        remove(draft);
      }
    }
    OutputLock.held().forEach(Drafts::remove);
  }

  /** Work that goes on meanwhile may write or remove there, which makes a removal fail. */
  private static void remove(Path path) {
    for (int i = 0; i < TRIES && Files.exists(path, LinkOption.NOFOLLOW_LINKS); i++) {
      try {
        Disk.removeAll(path);
      } catch (IOException | UncheckedIOException e) {
        LOG.debug("{} cannot be removed", path, e);
      }
    }
  }
}
