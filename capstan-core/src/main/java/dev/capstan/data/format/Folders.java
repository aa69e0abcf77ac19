package dev.capstan.data.format;

import dev.capstan.error.InvalidInputException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.FileSystemLoopException;
import java.nio.file.FileVisitOption;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.EnumSet;
import java.util.List;
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

  /**
   * The files of a kind in a folder and the folders below it, sorted by path.
   *
   * @param root what they, and what is left out, are named relative to
   * @param leftOut is told of hidden entries and files of no such kind
   */
  static List<Path> files(Path root, Path folder, FileKind kind, LeftOut leftOut) {
    return files(folder, Integer.MAX_VALUE, new Found(root, kind, leftOut));
  }

  /** Those in a folder itself, alike. */
  static List<Path> loose(Path folder, FileKind kind, LeftOut leftOut) {
    return files(folder, 1, new Found(folder, kind, leftOut));
  }

  private static List<Path> files(Path folder, int depth, Found found) {
    try {
      Files.walkFileTree(folder, EnumSet.of(FileVisitOption.FOLLOW_LINKS), depth, found);
      return sorted(found.files.stream());
    } catch (IOException e) {
      throw unreadable(folder, e);
    }
  }

  /** Gathers files of a kind on the way through a tree of folders. */
  private static final class Found extends SimpleFileVisitor<Path> {
    private final Path root;
    private final FileKind kind;
    private final LeftOut leftOut;
    private final List<Path> files = new ArrayList<>();
    private boolean started;

    Found(Path root, FileKind kind, LeftOut leftOut) {
      this.root = root;
      this.kind = kind;
      this.leftOut = leftOut;
    }

    @Override
    public FileVisitResult preVisitDirectory(Path folder, BasicFileAttributes attributes) {
      boolean isFirst = !started;
      started = true;
      if (isFirst || !isHidden(folder)) {
        return FileVisitResult.CONTINUE;
      }
      leftOut.hidden(root.relativize(folder));
      return FileVisitResult.SKIP_SUBTREE;
    }

    @Override
    public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) {
      Path relative = root.relativize(file);
      if (isHidden(file)) {
        leftOut.hidden(relative);
      } else if (attributes.isRegularFile() && kind.isName(file.toString())) {
        files.add(relative);
      } else if (!attributes.isDirectory()) {
        leftOut.foreign(relative);
      }
      return FileVisitResult.CONTINUE;
    }

    /** What a link to a folder above leads to is found without it. */
    @Override
    public FileVisitResult visitFileFailed(Path file, IOException cause) throws IOException {
      if (cause instanceof FileSystemLoopException) {
        return FileVisitResult.CONTINUE;
      }
      throw cause;
    }
  }

  private static List<Path> sorted(Stream<Path> paths) {
    return paths.sorted(Comparator.comparing(Path::toString)).toList();
  }

  private static boolean isHidden(Path path) {
    return path.getFileName().toString().startsWith(".");
  }

  private static InvalidInputException unreadable(Path folder, Exception cause) {
    return new InvalidInputException(folder + ": cannot be listed: " + cause.getMessage(), cause);
  }
}
