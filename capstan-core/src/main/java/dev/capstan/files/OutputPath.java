package dev.capstan.files;

import dev.capstan.error.InvalidInputException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;

/** Where an output goes: to nothing that is there already but a regular file. */
public final class OutputPath {
  /** As many links as Linux follows. */
  private static final int MAX_LINKS = 40;

  private OutputPath() {}

  /**
   * What a name stands for. A symbolic link is followed, so that what it points to is replaced, not
   * the link.
   *
   * @throws InvalidInputException saying why nothing can be written there, without naming the file:
   *     it is a folder, a pipe or a device, or its folder is missing
   */
  public static Path resolved(Path file) {
    Path target = file;
    for (int links = 0; Files.isSymbolicLink(target); links++) {
      if (links == MAX_LINKS) {
        throw new InvalidInputException("its symbolic links lead nowhere");
      }
      target = follow(target);
    }
    if (Files.isDirectory(target)) {
      throw new InvalidInputException("is a folder, expected the name of a file to write");
    }
    if (Files.exists(target, LinkOption.NOFOLLOW_LINKS) && !Files.isRegularFile(target)) {
      throw new InvalidInputException(
          "is a pipe, socket or device, expected the name of a file to write");
    }
    Path folder = target.toAbsolutePath().resolveSibling("");
    if (!Files.isDirectory(folder)) {
      throw new InvalidInputException(
          "cannot be written, there is no folder %s; create it first".formatted(folder));
    }
    return target;
  }

  private static Path follow(Path link) {
    try {
      // Links within a path are the system's to follow: ".." behind them means their target's.
      return link.toAbsolutePath().resolveSibling(Files.readSymbolicLink(link));
    } catch (IOException e) {
      throw new InvalidInputException("its symbolic link cannot be read: " + e.getMessage(), e);
    }
  }
}
