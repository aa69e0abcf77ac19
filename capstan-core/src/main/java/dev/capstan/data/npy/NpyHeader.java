package dev.capstan.data.npy;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import dev.capstan.graph.DataType;
import dev.capstan.graph.Shape;
import dev.capstan.graph.TensorType;
import java.io.DataInputStream;
import java.io.IOException;
import java.util.Arrays;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What stands before the elements of an array: {@code \x93NUMPY}, a version, the length of the rest
 * and a dictionary as Python writes it, {@code {'descr': '<f4', 'fortran_order': False, 'shape':
 * (3, 48, 48), }}.
 */
final class NpyHeader {
  private static final String MAGIC = "\u0093NUMPY";

  /** NumPy itself takes no longer ones for simple types. */
  private static final int LONGEST = 10_000;

  /** 64 axes are NumPy's own limit. */
  private static final int MOST_AXES = 64;

  private static final Pattern TYPE = Pattern.compile("'descr'\\s*:\\s*'([<>|=]?)(\\w{1,9})'");
  private static final Pattern ORDER = Pattern.compile("'fortran_order'\\s*:\\s*(True|False)");
  private static final Pattern SHAPE = Pattern.compile("'shape'\\s*:\\s*\\(([\\d,\\s]*)\\)");

  private static final Map<String, DataType> TYPES =
      Map.ofEntries(
          Map.entry("f4", DataType.FLOAT32),
          Map.entry("f8", DataType.FLOAT64),
          Map.entry("f2", DataType.FLOAT16),
          Map.entry("i1", DataType.INT8),
          Map.entry("u1", DataType.UINT8),
          Map.entry("i2", DataType.INT16),
          Map.entry("u2", DataType.UINT16),
          Map.entry("i4", DataType.INT32),
          Map.entry("u4", DataType.UINT32),
          Map.entry("i8", DataType.INT64),
          Map.entry("b1", DataType.BOOL));

  private NpyHeader() {}

  /**
   * Reads a header; the stream is at the first element then.
   *
   * @throws IOException if it is none, or of an array that is not taken, saying why
   */
  static TensorType read(DataInputStream stream) throws IOException {
    String magic = new String(stream.readNBytes(MAGIC.length()), ISO_8859_1);
    if (!magic.equals(MAGIC)) {
      throw new IOException("no array of NumPy's (it begins otherwise)");
    }
    int version = stream.readUnsignedByte();
    stream.readByte();
    long length = Short.toUnsignedLong(Short.reverseBytes(stream.readShort()));
    if (version > 1) {
      length |= Short.toUnsignedLong(Short.reverseBytes(stream.readShort())) << 16;
    }
    if (length > LONGEST) {
      throw new IOException("a header of %d bytes, at most %d are read".formatted(length, LONGEST));
    }
    return parse(new String(stream.readNBytes((int) length), ISO_8859_1));
  }

  private static TensorType parse(String header) throws IOException {
    if (group(ORDER, header, 1).equals("True")) {
      throw new IOException(
          "its elements are in Fortran's order: save numpy.ascontiguousarray(...) of it");
    }
    DataType type = TYPES.get(group(TYPE, header, 2));
    if (type == null || (type.bytes() > 1 && group(TYPE, header, 1).equals(">"))) {
      throw new IOException(
          "elements of type '%s%s': save numbers in little-endian order (float32, say)"
              .formatted(group(TYPE, header, 1), group(TYPE, header, 2)));
    }
    return new TensorType(type, shape(group(SHAPE, header, 1)));
  }

  private static Shape shape(String tuple) throws IOException {
    String[] sizes =
        Arrays.stream(tuple.split(","))
            .map(String::strip)
            .filter(size -> !size.isEmpty())
            .toArray(String[]::new);
    if (sizes.length > MOST_AXES) {
      throw new IOException(sizes.length + " axes");
    }
    try {
      return Shape.of(Arrays.stream(sizes).mapToLong(Long::parseLong).toArray());
    } catch (NumberFormatException e) {
      throw new IOException("a shape of (" + tuple + ")", e);
    }
  }

  private static String group(Pattern pattern, String header, int group) throws IOException {
    Matcher matcher = pattern.matcher(header);
    if (!matcher.find()) {
      throw new IOException("the header of an array is damaged, or it is none of numbers");
    }
    return matcher.group(group);
  }
}
