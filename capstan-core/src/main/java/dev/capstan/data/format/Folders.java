package dev.capstan.data.format;

import dev.capstan.error.InvalidInputException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.FileVisitOption;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.function.BiPredicate;
import java.util.function.Predicate;
import java.util.stream.Stream;

/** What folders hold: sorted, without hidden entries, following links. */
final class Folders {
  private Folders() {}

  /** The entries of a folder that are wanted. */
  static List<Path> entries(Path folder, Predicate<Path> wanted) {
    try (Stream<Path> entries = Files.list(folder)) {
      return sorted(entries.filter(entry -> !isHidden(entry)).filter(wanted));
    } catch (IOException | UncheckedIOException e) {
      throw unreadable(folder, e);
    }
  }

  /** The images in a folder and the folders below it, relative to it, sorted by path. */
  static List<Path> images(Path folder) {
    BiPredicate<Path, BasicFileAttributes> wanted =
        (file, attributes) -> attributes.isRegularFile() && isImage(file.toString());
    try (Stream<Path> files =
        Files.find(folder, Integer.MAX_VALUE, wanted, FileVisitOption.FOLLOW_LINKS)) {
      return sorted(files.map(folder::relativize).filter(Folders::isVisible));
    } catch (IOException | UncheckedIOException e) {
      throw unreadable(folder, e);
    }
  }

  /** Whether a name is one of a JPEG or PNG file. */
  static boolean isImage(String name) {
    String lower = name.toLowerCase(Locale.ROOT);
    return lower.endsWith(".jpg") || lower.endsWith(".jpeg") || lower.endsWith(".png");
  }

  private static List<Path> sorted(Stream<Path> paths) {
    return paths.sorted(Comparator.comparing(Path::toString)).toList();
  }

  private static boolean isVisible(Path relative) {
    for (Path part : relative) {
      if (isHidden(part)) {
        return false;
      }
    }
    return true;
  }

  private static boolean isHidden(Path path) {
    return path.getFileName().toString().startsWith(".");
  }

  private static InvalidInputException unreadable(Path folder, Exception cause) {
    return new InvalidInputException(folder + ": cannot be listed: " + cause.getMessage(), cause);
  }
}
