package dev.capstan.files;

import dev.capstan.error.InvalidInputException;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.UUID;

/**
 * A file written whole beside its target, and moved there by {@link #commit}. Closing it throws
 * away what was not committed.
 */
public final class AtomicFile implements AutoCloseable {
  private final Path target;
  private final Path draft;

  private AtomicFile(Path target) {
    this.target = target;
    // The system's temporary files would be readable by their owner alone.
    this.draft =
        target.resolveSibling("." + target.getFileName() + "." + UUID.randomUUID() + ".tmp");
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
   * Writes a draft of the file {@code target} is to be.
   *
   * @throws InvalidInputException saying why it cannot be written, without naming the file
   */
  public static AtomicFile of(Path target, Content content) {
    Path folder = target.toAbsolutePath().resolveSibling("");
    if (Files.isDirectory(target)) {
      throw new InvalidInputException("it is a folder");
    }
    if (!Files.isDirectory(folder)) {
      throw new InvalidInputException("there is no folder '" + folder + "'");
    }
    AtomicFile draft = new AtomicFile(target);
    draft.fill(content);
    return draft;
  }

  private void fill(Content content) {
    try (OutputStream stream = Files.newOutputStream(draft, StandardOpenOption.CREATE_NEW)) {
      BufferedOutputStream buffered = new BufferedOutputStream(stream, 1 << 16);
      content.writeTo(buffered);
      buffered.flush();
    } catch (IOException e) {
      close();
      throw failed(e);
    }
  }

  /** Moves the file into place. */
  public void commit() {
    try {
      Files.move(
          draft, target, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    } catch (IOException e) {
      throw failed(e);
    }
  }

  @Override
  public void close() {
    try {
      Files.deleteIfExists(draft);
    } catch (IOException e) {
      throw failed(e);
    }
  }

  private static InvalidInputException failed(IOException e) {
    String reason = e instanceof FileSystemException failed ? failed.getReason() : null;
    return new InvalidInputException(reason == null ? e.toString() : reason, e);
  }
}
