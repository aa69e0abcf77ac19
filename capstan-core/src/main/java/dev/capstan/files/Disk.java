package dev.capstan.files;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;

/** Moves that survive a loss of power, and removal of what a killed run left. */
final class Disk {
  private Disk() {}

  /**
   * Moves a file over another, or none, in one step; bytes first, then the name, reach the disk.
   */
  static void replace(Path file, Path target) throws IOException {
    try (FileChannel channel = FileChannel.open(file, StandardOpenOption.WRITE)) {
      channel.force(true);
    }
    Files.move(file, target, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    syncFolder(target.toAbsolutePath().resolveSibling(""));
  }

  /** Removes a file, if it is there, so that it stays away. */
  static void remove(Path file) throws IOException {
    if (Files.deleteIfExists(file)) {
      syncFolder(file.toAbsolutePath().resolveSibling(""));
    }
  }

  private static void syncFolder(Path folder) throws IOException {
    FileChannel channel;
    try {
      channel = FileChannel.open(folder, StandardOpenOption.READ);
    } catch (IOException e) {
      return; // Windows opens no folders, and needs no such step.
    }
    try (channel) {
      channel.force(true);
    }
  }

  /** Removes a file or a folder with all in it; links are removed, not followed. */
  static void removeAll(Path path) throws IOException {
    if (Files.exists(path, LinkOption.NOFOLLOW_LINKS)) {
      List<Path> entries;
      try (Stream<Path> all = Files.walk(path)) {
        entries = all.sorted(Comparator.reverseOrder()).toList();
      }
      for (Path entry : entries) {
        Files.delete(entry);
      }
    }
  }
}
