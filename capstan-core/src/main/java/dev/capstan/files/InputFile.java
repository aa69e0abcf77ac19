package dev.capstan.files;

import dev.capstan.error.InvalidInputException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/**
 * A file that is read. It is a regular one: a read of a pipe may wait for ever, one of a device may
 * never end.
 */
public final class InputFile {
  /** What a file of words may hold: plans, class names, settings. */
  public static final int MAX_TEXT = 1 << 24;

  private InputFile() {}

  /** Why a file cannot be read, null if it can, as far as its kind tells. */
  public static @Nullable String flaw(Path file) {
    if (Files.isRegularFile(file)) {
      return null;
    }
    if (Files.isDirectory(file)) {
      return "expected a file, found a folder";
    }
    return Files.exists(file)
        ? "expected a regular file, found a pipe, socket or device"
        : "no such file";
  }

  /**
   * The file, which is a regular one.
   *
   * @throws InvalidInputException naming the file, if it is not
   */
  public static Path checked(Path file) {
    String flaw = flaw(file);
    if (flaw != null) {
      throw new InvalidInputException(file + ": " + flaw);
    }
    return file;
  }

  /**
   * Opens a file to read it.
   *
   * @throws InvalidInputException naming the file, if it is no regular one
   */
  public static FileChannel open(Path file) throws IOException {
    return FileChannel.open(checked(file));
  }

  /**
   * All of a file of words in UTF-8.
   *
   * @throws InvalidInputException naming the file, if it cannot be read, is longer than {@link
   *     #MAX_TEXT} bytes or no text
   */
  public static String text(Path file) {
    try (FileChannel channel = open(file)) {
      if (channel.size() > MAX_TEXT) {
        throw new InvalidInputException(
            "%s: expected a text of at most %d bytes, found %d"
                .formatted(file, MAX_TEXT, channel.size()));
      }
      ByteBuffer bytes = ByteBuffer.allocate((int) channel.size());
      while (bytes.hasRemaining() && channel.read(bytes) >= 0) {}
      return StandardCharsets.UTF_8.newDecoder().decode(bytes.flip()).toString();
    } catch (CharacterCodingException e) {
      throw new InvalidInputException(file + ": expected text in UTF-8, found other bytes", e);
    } catch (IOException e) {
      throw new InvalidInputException(file + ": cannot be read: " + e.getMessage(), e);
    }
  }
}
