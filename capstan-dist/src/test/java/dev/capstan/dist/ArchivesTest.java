package dev.capstan.dist;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.MessageDigest;
import java.time.Instant;
import java.util.Base64;
import java.util.HashMap;
import java.util.Map;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveInputStream;
import org.apache.commons.compress.archivers.zip.ZipArchiveEntry;
import org.apache.commons.compress.archivers.zip.ZipFile;
import org.apache.commons.compress.compressors.gzip.GzipCompressorInputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Archives hold what lay in a folder, and nothing of the machine that they were made on. */
final class ArchivesTest {
  private static final Instant TIME = Instant.parse("2026-01-01T00:00:00Z");

  @TempDir Path folder;

  /** The same files, made at other times with other rights for others. */
  private Tree tree(String name, String mode, String executable) throws IOException {
    Tree tree = Tree.empty(folder.resolve(name));
    for (String file : new String[] {"lib/b.jar", "lib/a.jar", "bin/tool", "runtime/java"}) {
      Path path = Files.writeString(tree.place(file), "of " + file);
      String rights = file.startsWith("bin") ? executable : mode;
      Files.setPosixFilePermissions(path, PosixFilePermissions.fromString(rights));
      Files.setLastModifiedTime(path, FileTime.from(Instant.now().minusSeconds(name.length())));
    }
    return tree;
  }

  private Path tar(Tree tree) throws IOException {
    Path file = tree.root().resolveSibling(tree.root().getFileName() + ".tar.gz");
    TarGz.write(file, "tool-1", tree, TIME, name -> !name.startsWith("runtime"));
    return file;
  }

  @Test
  void equalFilesGiveEqualBytes() throws IOException {
    Path one = tar(tree("one", "rw-r--r--", "rwxr-xr-x"));
    Path other = tar(tree("another", "rw-rw-r--", "rwx------"));

    assertThat(one).hasSameBinaryContentAs(other);
  }

  @Test
  void whatIsWantedUnpacksIntoOneFolder() throws IOException {
    Map<String, Integer> modes = new HashMap<>();
    try (InputStream stream = Files.newInputStream(tar(tree("one", "rw-------", "rwx------")));
        TarArchiveInputStream tar =
            new TarArchiveInputStream(new GzipCompressorInputStream(stream))) {
      for (TarArchiveEntry e = tar.getNextEntry(); e != null; e = tar.getNextEntry()) {
        modes.put(e.getName(), e.getMode() & 0777);
        assertThat(e.getLastModifiedTime().toInstant()).isEqualTo(TIME);
      }
    }

    assertThat(modes)
        .containsOnly(
            Map.entry("tool-1/bin/", 0755),
            Map.entry("tool-1/bin/tool", 0755),
            Map.entry("tool-1/lib/", 0755),
            Map.entry("tool-1/lib/a.jar", 0644),
            Map.entry("tool-1/lib/b.jar", 0644));
  }

  /** pip refuses a wheel whose list is wrong, and starts nothing that lost its mode. */
  @Test
  void aWheelTellsItsFilesAndKeepsTheirModes() throws Exception {
    Path target = Files.createDirectories(folder.resolve("capstan-dist/target"));
    Release release = new Release(folder, "1.2.3-SNAPSHOT", "linux-x86_64", TIME);

    Path wheel = Wheel.write(release, "manylinux_2_17_x86_64", tree("w", "rw-r--r--", "rwxr-xr-x"));

    assertThat(wheel)
        .isEqualTo(target.resolve("capstan-1.2.3.dev0-py3-none-manylinux_2_17_x86_64.whl"));
    String info = "capstan-1.2.3.dev0.dist-info/";
    try (ZipFile zip = ZipFile.builder().setPath(wheel).get()) {
      String[] lines = text(zip, info + "RECORD").split("\n");
      assertThat(lines).hasSize(8).contains(info + "RECORD,,");
      for (String line : lines) {
        String[] parts = line.split(",");
        assertThat(parts.length == 1 || parts[1].equals(sum(zip, parts[0]))).as(line).isTrue();
      }
      assertThat(text(zip, info + "METADATA")).contains("\nVersion: 1.2.3.dev0\n");
      assertThat(zip.getEntry("bin/tool").getUnixMode() & 0777).isEqualTo(0755);
      assertThat(zip.getEntry("lib/a.jar").getUnixMode() & 0777).isEqualTo(0644);
    }
  }

  private static String text(ZipFile zip, String name) throws IOException {
    return new String(bytes(zip, name), StandardCharsets.UTF_8);
  }

  private static byte[] bytes(ZipFile zip, String name) throws IOException {
    ZipArchiveEntry entry = zip.getEntry(name);
    try (InputStream stream = zip.getInputStream(entry)) {
      return stream.readAllBytes();
    }
  }

  private static String sum(ZipFile zip, String name) throws Exception {
    byte[] digest = MessageDigest.getInstance("SHA-256").digest(bytes(zip, name));
    return "sha256=" + Base64.getUrlEncoder().withoutPadding().encodeToString(digest);
  }

  /** Wherever blocks of the file end. */
  @Test
  void theNewestSymbolIsFound() throws IOException {
    for (int at : new int[] {0, (1 << 20) - 5, (1 << 20) - 1, 1 << 20, (1 << 20) + 7}) {
      byte[] library = new byte[(1 << 20) + 64];
      byte[] symbols = "GLIBC_2.34\0GLIBC_2.5\0GLIBC_2.999".getBytes(StandardCharsets.US_ASCII);
      System.arraycopy(symbols, 0, library, at, symbols.length);
      library[at + symbols.length] = 'x';

      assertThat(Glibc.newest(new ByteArrayInputStream(library))).as("at %d", at).isEqualTo(34);
    }
  }
}
