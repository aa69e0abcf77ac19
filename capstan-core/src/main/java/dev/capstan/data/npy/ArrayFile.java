package dev.capstan.data.npy;

import dev.capstan.files.InputFile;
import dev.capstan.graph.Constant;
import dev.capstan.graph.DataType;
import dev.capstan.graph.Shape;
import dev.capstan.graph.TensorType;
import java.io.BufferedInputStream;
import java.io.DataInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.BiPredicate;
import java.util.zip.ZipEntry;
import java.util.zip.ZipFile;

/**
 * A file of arrays: {@code .npz} as {@code numpy.savez} writes it, one zip entry {@code NAME.npy}
 * an array, or a single {@code .npy}, whose array has the name {@code ""}. Elements are numbers in
 * little-endian, row-major order.
 */
public final class ArrayFile {
  /** Names of the formats, for messages. */
  public static final String FORMATS = ".npz, .npy";

  /** No network has more inputs. */
  private static final int MOST_ARRAYS = 256;

  /** Half a gigabyte of float32. */
  private static final long MOST_ELEMENTS = 1L << 27;

  private static final String ENDING = ".npy";

  private ArrayFile() {}

  /** Whether a file's name ends as those of files of arrays do. */
  public static boolean isName(String file) {
    String lower = file.toLowerCase(Locale.ROOT);
    return lower.endsWith(".npz") || lower.endsWith(ENDING);
  }

  /**
   * Reads those arrays of a file that are wanted, no others: an entry may say that it is larger
   * than any memory.
   *
   * @param wanted told an array's name and type, before its elements are read
   * @throws IOException if the file, or a wanted array, is damaged or too large
   */
  public static Map<String, Constant> read(Path file, BiPredicate<String, TensorType> wanted)
      throws IOException {
    Map<String, Constant> arrays = new LinkedHashMap<>();
    if (file.toString().toLowerCase(Locale.ROOT).endsWith(ENDING)) {
      try (InputStream stream = Files.newInputStream(InputFile.checked(file))) {
        add(arrays, "", stream, wanted);
      }
      return arrays;
    }
    try (ZipFile zip = new ZipFile(InputFile.checked(file).toFile())) {
      for (ZipEntry entry : entries(zip)) {
        String name = entry.getName().substring(0, entry.getName().length() - ENDING.length());
        try (InputStream stream = zip.getInputStream(entry)) {
          add(arrays, name, stream, wanted);
        }
      }
    }
    return arrays;
  }

  private static List<? extends ZipEntry> entries(ZipFile zip) throws IOException {
    if (zip.size() > MOST_ARRAYS) {
      throw new IOException("%d arrays, at most %d".formatted(zip.size(), MOST_ARRAYS));
    }
    return zip.stream().filter(entry -> entry.getName().endsWith(ENDING)).toList();
  }

  private static void add(
      Map<String, Constant> arrays,
      String name,
      InputStream stream,
      BiPredicate<String, TensorType> wanted)
      throws IOException {
    try (DataInputStream data = new DataInputStream(new BufferedInputStream(stream))) {
      TensorType type = NpyHeader.read(data);
      if (wanted.test(name, type)) {
        arrays.put(name, elements(data, type));
      }
    } catch (EOFException e) {
      throw new IOException("array '" + name + "' is cut short", e);
    } catch (IOException e) {
      throw new IOException("array '" + name + "': " + e.getMessage(), e);
    }
  }

  private static Constant elements(DataInputStream data, TensorType type) throws IOException {
    long elements = elements(type.shape());
    if (elements > MOST_ELEMENTS) {
      throw new IOException("shape " + type.shape() + " is too large");
    }
    int size = Math.toIntExact(elements * type.type().bytes());
    // Room is made as bytes come: what is said to be there may not be.
    byte[] bytes = data.readNBytes(size);
    if (bytes.length < size) {
      throw new EOFException();
    }
    return Constant.view(type.type(), type.shape().sizes(), ByteBuffer.wrap(bytes));
  }

  /** The number of elements, or one beyond all bounds. */
  private static long elements(Shape shape) {
    long elements = 1;
    for (long size : shape.sizes()) {
      elements =
          size > MOST_ELEMENTS || elements > MOST_ELEMENTS ? Long.MAX_VALUE : elements * size;
    }
    return elements;
  }

  /** The elements as float32, of integer types too. */
  public static float[] floats(Constant array) {
    if (array.type() == DataType.FLOAT32) {
      return array.floats();
    }
    float[] values = new float[array.elements()];
    for (int i = 0; i < values.length; i++) {
      values[i] = (float) array.real(i);
    }
    return values;
  }
}
