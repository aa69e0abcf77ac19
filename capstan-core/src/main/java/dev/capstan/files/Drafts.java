package dev.capstan.files;

import java.io.IOException;
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
  private static final Set<Path> OPEN = ConcurrentHashMap.newKeySet();

  private Drafts() {}

  static void open(Path draft) {
    OPEN.add(draft);
  }

  /** Takes a draft out of reach of {@link #abandon}; false where that was there before. */
  static boolean take(Path draft) {
    return OPEN.remove(draft);
  }

  /**
   * Removes all drafts and locks, but what is being moved into place: to be called by a process
   * that ends at once, since work that goes on would miss them.
   */
  public static void abandon() {
    for (Path draft : OPEN) {
      if (take(draft)) {
        remove(draft);
      }
    }
    OutputLock.held().forEach(Drafts::remove);
  }

  private static void remove(Path path) {
    try {
      Disk.removeAll(path);
    } catch (IOException e) {
      // Work that goes on meanwhile may write there; the next run removes it.
      LOG.debug("{} cannot be removed", path, e);
    }
  }
}
