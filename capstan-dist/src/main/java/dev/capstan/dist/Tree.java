package dev.capstan.dist;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;

/**
 * A folder that becomes a file: what lies in it, in one order whatever the file system's is.
 *
 * @param root the folder
 */
record Tree(Path root) {
  static final int EXECUTABLE = 0755;
  static final int READABLE = 0644;

  /** Its files and folders without itself, by their paths in it. */
  List<Path> entries() throws IOException {
    try (Stream<Path> paths = Files.walk(root)) {
      return paths
          .filter(path -> !path.equals(root))
          .sorted(Comparator.comparing(this::name))
          .toList();
    }
  }

  /** Its files alone. */
  List<Path> files() throws IOException {
    return entries().stream().filter(Files::isRegularFile).toList();
  }

  /** The path of an entry in it, parted by slashes. */
  String name(Path entry) {
    return root.relativize(entry).toString().replace('\\', '/');
  }

  /** Who may do what with an entry, whatever the umask of the build was. */
  static int mode(Path entry) {
    return Files.isDirectory(entry) || Files.isExecutable(entry) ? EXECUTABLE : READABLE;
  }

  /** Makes an empty one in place of what was there. */
  static Tree empty(Path root) throws IOException {
    if (Files.exists(root)) {
      try (Stream<Path> old = Files.walk(root)) {
        for (Path path : old.sorted(Comparator.reverseOrder()).toList()) {
          Files.delete(path);
        }
      }
    }
    return new Tree(Files.createDirectories(root));
  }

  /** Copies a file to a place in it. */
  void put(Path file, String name) throws IOException {
    Files.copy(file, place(name));
  }

  /** Where a file of that name is to be written; its folder is there. */
  Path place(String name) throws IOException {
    Path place = root.resolve(name);
    Files.createDirectories(place.getParent());
    return place;
  }
}
