package dev.capstan.weights;

import dev.capstan.error.InvalidInputException;
import dev.capstan.files.InputFile;
import java.io.Closeable;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;

/**
 * A file of which ranges are mapped into memory. The mapped ranges outlive it.
 *
 * <p>Each range is a mapping of its own, so that only one tensor, not the file, must stay below 2
 * GiB.
 */
final class MappedFile implements Closeable {
  private final Path path;
  private final FileChannel channel;
  private final long size;

  private MappedFile(Path path, FileChannel channel, long size) {
    this.path = path;
    this.channel = channel;
    this.size = size;
  }

  static MappedFile open(Path path) throws IOException {
    FileChannel channel = InputFile.open(path);
    return new MappedFile(path, channel, channel.size());
  }

  Path path() {
    return path;
  }

  long size() {
    return size;
  }

  /** The bytes from {@code offset} on, read-only. */
  ByteBuffer range(long offset, long length) throws IOException {
    if (offset < 0 || length < 0 || length > size - offset) {
      throw error(
          "the file is cut short: expected %d bytes at %d, found %d bytes in all"
              .formatted(length, offset, size));
    }
    if (length > Integer.MAX_VALUE) {
      throw error("a range of %d bytes is too large: at most 2 GiB a tensor".formatted(length));
    }
    return channel.map(FileChannel.MapMode.READ_ONLY, offset, length);
  }

  /** An error that names the file. */
  InvalidInputException error(String message) {
    return new InvalidInputException(path + ": " + message);
  }

  @Override
  public void close() throws IOException {
    channel.close();
  }
}
