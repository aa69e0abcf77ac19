package dev.capstan.testing;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import dev.capstan.graph.Constant;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.zip.ZipEntry;
import java.util.zip.ZipFile;
import java.util.zip.ZipOutputStream;

/** Writes arrays as NumPy does. */
public final class ArrayFiles {
  private ArrayFiles() {}

  /** A file of arrays, by name. */
  public static Path write(Path file, Map<String, Constant> arrays) throws IOException {
    try (ZipOutputStream zip = new ZipOutputStream(Files.newOutputStream(file))) {
      for (Map.Entry<String, Constant> array : arrays.entrySet()) {
        zip.putNextEntry(new ZipEntry(array.getKey() + ".npy"));
        zip.write(npy(array.getValue()));
      }
    }
    return file;
  }

  private static byte[] npy(Constant array) {
    String kind = array.type().isFloating() ? "f" : array.type().name().startsWith("U") ? "u" : "i";
    String sizes =
        Arrays.stream(array.sizes()).mapToObj(size -> size + ",").collect(Collectors.joining());
    String header =
        String.format(
            Locale.ROOT,
            "{'descr': '<%s%d', 'fortran_order': False, 'shape': (%s), }\n",
            kind,
            array.type().bytes(),
            sizes);
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    bytes.writeBytes("\u0093NUMPY\u0001\u0000".getBytes(ISO_8859_1));
    bytes.write(header.length() & 0xff);
    bytes.write(header.length() >> 8);
    bytes.writeBytes(header.getBytes(ISO_8859_1));
    ByteBuffer elements = array.bytes();
    while (elements.hasRemaining()) {
      bytes.write(elements.get());
    }
    return bytes.toByteArray();
  }

  /** A file with one array of another file. */
  public static Path only(Path from, String name, Path file) throws IOException {
    try (ZipFile zip = new ZipFile(from.toFile());
        ZipOutputStream out = new ZipOutputStream(Files.newOutputStream(file))) {
      out.putNextEntry(new ZipEntry(name + ".npy"));
      zip.getInputStream(zip.getEntry(name + ".npy")).transferTo(out);
    }
    return file;
  }
}
