package dev.capstan.dist;

import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import java.util.function.Predicate;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveOutputStream;
import org.apache.commons.compress.compressors.gzip.GzipCompressorOutputStream;
import org.apache.commons.compress.compressors.gzip.GzipParameters;

/** Writes a tree as {@code .tar.gz}: its bytes hang on names, modes and contents alone. */
final class TarGz {
  private TarGz() {}

  /**
   * Writes one.
   *
   * @param folder what it unpacks to
   * @param wanted which entries, by their names
   */
  static void write(Path file, String folder, Tree tree, Instant time, Predicate<String> wanted)
      throws IOException {
    GzipParameters plain = new GzipParameters();
    plain.setOS(GzipParameters.OS.UNKNOWN);
    try (OutputStream stream = new BufferedOutputStream(Files.newOutputStream(file));
        TarArchiveOutputStream tar =
            new TarArchiveOutputStream(new GzipCompressorOutputStream(stream, plain))) {
      tar.setLongFileMode(TarArchiveOutputStream.LONGFILE_POSIX);
      for (Path entry : tree.entries()) {
        if (wanted.test(tree.name(entry))) {
          put(tar, entry, folder + "/" + tree.name(entry), time);
        }
      }
    }
  }

  private static void put(TarArchiveOutputStream tar, Path path, String name, Instant time)
      throws IOException {
    boolean isFolder = Files.isDirectory(path);
    TarArchiveEntry entry = new TarArchiveEntry(isFolder ? name + "/" : name);
    entry.setMode(Tree.mode(path));
    entry.setLastModifiedTime(FileTime.from(time));
    entry.setSize(isFolder ? 0 : Files.size(path));
    tar.putArchiveEntry(entry);
    if (!isFolder) {
      Files.copy(path, tar);
    }
    tar.closeArchiveEntry();
  }
}
