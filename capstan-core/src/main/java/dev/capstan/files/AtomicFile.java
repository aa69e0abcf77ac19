package dev.capstan.files;

import dev.capstan.error.InvalidInputException;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/**
 * A file written whole beside its target, and moved there by {@link #commit}. Closing it throws
 * away what was not committed. While it is open no other run writes the same target.
 */
public final class AtomicFile implements AutoCloseable {
  private final Path target;
  private final Path draft;
  private final OutputLock lock;

  private AtomicFile(Path target, OutputLock lock) {
    this.target = target;
    // The system's temporary files would be readable by their owner alone.
    this.draft = OutputLock.beside(target, "tmp");
    this.lock = lock;
  }

  /** What fills a file. */
  public interface Content {
    /** Writes all of it; the stream is closed by the caller. */
    void writeTo(OutputStream stream) throws IOException;
  }

  /**
   * Writes a file whole: beside its target first, then moved into place.
   *
   * @throws InvalidInputException naming the file, if it cannot be written; what was there stays
   */
  public static void write(Path target, Content content) {
    try (AtomicFile draft = of(target, content)) {
      draft.commit();
    } catch (InvalidInputException e) {
      throw new InvalidInputException(target + ": cannot be written: " + e.getMessage(), e);
    }
  }

  /**
   * Writes a draft of the file {@code target} is to be, or of what it links to.
   *
   * @throws InvalidInputException saying why it cannot be written, without naming the file
   */
  public static AtomicFile of(Path target, Content content) {
    Path resolved = OutputPath.resolved(target);
    AtomicFile file;
    try {
      file = new AtomicFile(resolved, OutputLock.of(resolved));
    } catch (IOException e) {
      throw failed(e);
    }
    try {
      file.fill(content);
    } catch (IOException e) {
      file.close();
      throw failed(e);
    } catch (RuntimeException e) {
      file.close();
      throw e;
    }
    return file;
  }

  private void fill(Content content) throws IOException {
    // A run that was killed may have left one.
    Disk.removeAll(draft);
    Drafts.open(draft);
    try (OutputStream stream =
        Drafts.make(() -> Files.newOutputStream(draft, StandardOpenOption.CREATE_NEW))) {
      BufferedOutputStream buffered = new BufferedOutputStream(stream, 1 << 16);
      content.writeTo(buffered);
      buffered.flush();
    }
  }

  /** Moves the file into place, for good: a loss of power leaves it or what was there before. */
  public void commit() {
    try {
      Disk.replace(draft, target);
    } catch (IOException e) {
      throw failed(e);
    }
  }

  @Override
  public void close() {
    Drafts.take(draft);
    try {
      Files.deleteIfExists(draft);
    } catch (IOException e) {
      throw failed(e);
    } finally {
      lock.close();
    }
  }

  private static InvalidInputException failed(IOException e) {
    String reason = e instanceof FileSystemException failed ? failed.getReason() : null;
    return new InvalidInputException(reason == null ? e.toString() : reason, e);
  }
}
