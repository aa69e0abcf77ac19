package dev.capstan.dist;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.zip.ZipEntry;
import java.util.zip.ZipInputStream;

/** The oldest C library that native libraries run with: that of the newest symbol they ask for. */
final class Glibc {
  private static final Pattern SYMBOL = Pattern.compile("GLIBC_2\\.(\\d{1,3})\0");
  private static final int BLOCK = 1 << 20;
  private static final int OVERLAP = 32;

  private Glibc() {}

  /** Its minor version over all libraries of a tree, and in its jars for this platform. */
  static int minor(Tree tree, String folder) throws IOException {
    int newest = 0;
    for (Path file : tree.files()) {
      try (InputStream stream = Files.newInputStream(file)) {
        String name = tree.name(file);
        newest = Math.max(newest, name.endsWith(".jar") ? ofJar(stream, folder) : of(name, stream));
      }
    }
    return newest;
  }

  private static int ofJar(InputStream stream, String folder) throws IOException {
    int newest = 0;
    ZipInputStream zip = new ZipInputStream(stream);
    for (ZipEntry entry = zip.getNextEntry(); entry != null; entry = zip.getNextEntry()) {
      if (entry.getName().matches(".*/(" + folder + ")/[^/]*")) {
        newest = Math.max(newest, of(entry.getName(), zip));
      }
    }
    return newest;
  }

  private static int of(String name, InputStream stream) throws IOException {
    return name.matches(".*\\.so(\\.\\d+)*") ? newest(stream) : 0;
  }

  /** Read in blocks that overlap by more than a symbol's length. */
  static int newest(InputStream stream) throws IOException {
    int newest = 0;
    String kept = "";
    byte[] block = stream.readNBytes(BLOCK);
    while (block.length > 0) {
      String text = kept + new String(block, StandardCharsets.ISO_8859_1);
      Matcher symbol = SYMBOL.matcher(text);
      while (symbol.find()) {
        newest = Math.max(newest, Integer.parseInt(symbol.group(1)));
      }
      kept = text.substring(Math.max(0, text.length() - OVERLAP));
      block = stream.readNBytes(BLOCK);
    }
    return newest;
  }
}
