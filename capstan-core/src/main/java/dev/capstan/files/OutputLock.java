package dev.capstan.files;

import static java.nio.file.StandardOpenOption.CREATE;
import static java.nio.file.StandardOpenOption.READ;
import static java.nio.file.StandardOpenOption.WRITE;

import dev.capstan.error.InvalidInputException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ThreadLocalRandom;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keeps other runs away from an output: a locked file {@code .NAME.lock} beside it, which the
 * system unlocks when the process ends, however that happens. What lies beside an output whose lock
 * is free was left by a run that was killed.
 */
public final class OutputLock implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(OutputLock.class);
  private static final int TRIES = 100;

  /** Files locked by this process, which must open none of them again: closing it ends the lock. */
  private static final Set<Path> HELD = ConcurrentHashMap.newKeySet();

  /** Short of any limit that is worth a run. */
  private static final int LONGEST = 1 << 12;

  private final Path file;
  private final FileChannel channel;

  private OutputLock(Path file, FileChannel channel) {
    this.file = file;
    this.channel = channel;
  }

  /**
   * Locks an output.
   *
   * @param target where it goes, as {@link OutputPath} resolved it
   * @throws InvalidInputException without naming the file, if another run holds the lock
   * @throws IOException if nothing can be written there
   */
  public static OutputLock of(Path target) throws IOException {
    Path file = beside(target, "lock").toAbsolutePath();
    if (!HELD.add(file)) {
      throw busy();
    }
    try {
      return locked(file);
    } catch (IOException | RuntimeException e) {
      HELD.remove(file);
      throw e;
    }
  }

  private static OutputLock locked(Path file) throws IOException {
    for (int i = 0; i < TRIES; i++) {
      OutputLock lock = new OutputLock(file, open(file));
      try {
        if (lock.holds()) {
          return lock;
        }
        lock.channel.close();
      } catch (IOException e) {
        // It is locked, and cannot be written.
        lock.close();
        throw e;
      } catch (RuntimeException e) {
        lock.channel.close();
        throw e;
      }
    }
    throw busy();
  }

  /** Files locked by this process now. */
  static Set<Path> held() {
    return Set.copyOf(HELD);
  }

  /** The hidden file or folder of this kind that belongs to an output. */
  static Path beside(Path target, String kind) {
    return target.resolveSibling("." + target.getFileName() + "." + kind);
  }

  private static FileChannel open(Path file) throws IOException {
    if (Files.exists(file, LinkOption.NOFOLLOW_LINKS)
        && !Files.isRegularFile(file, LinkOption.NOFOLLOW_LINKS)) {
      throw new InvalidInputException("its lock " + file + " is no regular file; remove it");
    }
    return Drafts.make(
        () -> FileChannel.open(file, CREATE, READ, WRITE, LinkOption.NOFOLLOW_LINKS));
  }

  /**
   * Whether the file that was locked is still the one of that name: a run that ends removes it, and
   * another may have locked what is no longer there. A length tells them apart, which is found
   * without opening the file.
   */
  private boolean holds() throws IOException {
    lock();
    int length = ThreadLocalRandom.current().nextInt(1, LONGEST);
    channel.truncate(0).write(ByteBuffer.allocate(1), length - 1);
    try {
      return Files.size(file) == length;
    } catch (NoSuchFileException e) {
      return false;
    }
  }

  private void lock() {
    try {
      if (channel.tryLock() == null) {
        throw busy();
      }
    } catch (IOException e) {
      // Some network file systems know no locks; there nothing keeps two runs apart.
      LOG.warn("{} cannot be locked: {}", file, e.toString());
    }
  }

  private static InvalidInputException busy() {
    return new InvalidInputException(
        "another run is writing it: wait for its end, or give another name");
  }

  @Override
  public void close() {
    try {
      // Removed while it is locked: nobody else can hold it.
      Files.deleteIfExists(file);
      channel.close();
    } catch (IOException e) {
      LOG.warn("{} cannot be removed: {}", file, e.toString());
    } finally {
      HELD.remove(file);
    }
  }
}
