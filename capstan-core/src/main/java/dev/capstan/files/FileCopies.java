package dev.capstan.files;

import dev.capstan.error.InvalidInputException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.channels.Channels;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.security.DigestInputStream;
import java.security.MessageDigest;

/** Files copied into a folder of one's own, hashed as they are read: once, and never mapped. */
public final class FileCopies {
  private final Path folder;
  private final MessageDigest digest = Sha256.digest();
  private long bytes;

  /** None yet. */
  public FileCopies(Path folder) {
    this.folder = folder;
  }

  /**
   * Copies a file.
   *
   * @param name relative to the folder
   * @throws InvalidInputException without naming the file, if there is no room for it, or it cannot
   *     be read
   */
  public Path add(Path file, Path name) throws IOException {
    Path copy = folder.resolve(name);
    Files.createDirectories(copy.toAbsolutePath().resolveSibling(""));
    long size = Files.size(file);
    long room = Files.getFileStore(folder).getUsableSpace();
    if (size > room) {
      throw new InvalidInputException(
          "a copy of its %d MiB does not fit beside the output, where %d MiB are free"
              .formatted(size >> 20, room >> 20));
    }
    try (InputStream from =
            new DigestInputStream(Channels.newInputStream(InputFile.open(file)), digest);
        OutputStream to = Files.newOutputStream(copy, StandardOpenOption.CREATE_NEW)) {
      bytes += from.transferTo(to);
    } catch (IOException e) {
      throw new InvalidInputException(
          "cannot be copied beside the output: " + e.getMessage() + "; give room or rights there",
          e);
    }
    return copy;
  }

  /** Size of all of them. */
  public long bytes() {
    return bytes;
  }

  /** Of their bytes, one file after the other, in hexadecimal; to be asked once. */
  public String sha256() {
    return Sha256.hex(digest);
  }
}
