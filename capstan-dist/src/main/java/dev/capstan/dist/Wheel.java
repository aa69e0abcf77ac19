package dev.capstan.dist;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.Base64;
import org.apache.commons.compress.archivers.zip.ZipArchiveEntry;
import org.apache.commons.compress.archivers.zip.ZipArchiveOutputStream;

/**
 * A Python package with the whole archive in it, as a wheel: a zip file whose names, modes and
 * hashes are told in its own folder of metadata (PEP 427).
 */
final class Wheel {
  private final Release release;
  private final String tag;
  private final Tree tree;

  /** What is installed is a tree; its metadata is added to it. */
  private Wheel(Release release, String tag, Tree tree) {
    this.release = release;
    this.tag = tag;
    this.tree = tree;
  }

  /**
   * Writes one.
   *
   * @param tag what it runs on: {@code manylinux_2_17_x86_64}
   * @param tree what is installed into the folder of packages
   * @return the file
   */
  static Path write(Release release, String tag, Tree tree) throws IOException {
    return new Wheel(release, tag, tree).write();
  }

  private Path write() throws IOException {
    metadata(
        "WHEEL",
        "Wheel-Version: 1.0\nGenerator: capstan-dist\nRoot-Is-Purelib: false\nTag: py3-none-%s\n"
            .formatted(tag));
    metadata("METADATA", resource("METADATA").replace("@VERSION@", release.pythonVersion()));
    metadata("entry_points.txt", "[console_scripts]\ncapstan = capstan:main\n");
    metadata("RECORD", record());
    Path file =
        release
            .target()
            .resolve("capstan-%s-py3-none-%s.whl".formatted(release.pythonVersion(), tag));
    try (ZipArchiveOutputStream zip = new ZipArchiveOutputStream(file)) {
      for (Path entry : tree.files()) {
        put(zip, entry);
      }
    }
    return file;
  }

  private String folder() {
    return "capstan-" + release.pythonVersion() + ".dist-info/";
  }

  private void metadata(String name, String text) throws IOException {
    Files.writeString(tree.place(folder() + name), text);
  }

  /** Every file with its hash and size; of itself the list cannot tell them. */
  private String record() throws IOException {
    StringBuilder lines = new StringBuilder();
    for (Path file : tree.files()) {
      String sum = Base64.getUrlEncoder().withoutPadding().encodeToString(Sums.of(file));
      lines.append("%s,sha256=%s,%d\n".formatted(tree.name(file), sum, Files.size(file)));
    }
    return lines + folder() + "RECORD,,\n";
  }

  private void put(ZipArchiveOutputStream zip, Path file) throws IOException {
    ZipArchiveEntry entry = new ZipArchiveEntry(tree.name(file));
    entry.setUnixMode(0100000 | Tree.mode(file));
    entry.setLastModifiedTime(FileTime.from(release.time()));
    entry.setSize(Files.size(file));
    zip.putArchiveEntry(entry);
    Files.copy(file, zip);
    zip.closeArchiveEntry();
  }

  private static String resource(String name) throws IOException {
    try (InputStream stream = Wheel.class.getResourceAsStream(name)) {
      return new String(stream.readAllBytes(), StandardCharsets.UTF_8);
    }
  }
}
