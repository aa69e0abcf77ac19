package dev.capstan.data.format;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.util.Arrays;

/** A growing list of strings in one array of bytes: a million file names in some 30 MB. */
final class Names {
  private byte[] bytes = new byte[1 << 10];
  private int[] ends = new int[1 << 6];
  private int size;

  void add(String name) {
    byte[] encoded = name.getBytes(UTF_8);
    int start = size == 0 ? 0 : ends[size - 1];
    int end = Math.addExact(start, encoded.length);
    if (end > bytes.length) {
      bytes = Arrays.copyOf(bytes, (int) Math.min(Integer.MAX_VALUE - 8, 2L * end));
    }
    if (size == ends.length) {
      ends = Arrays.copyOf(ends, 2 * size);
    }
    System.arraycopy(encoded, 0, bytes, start, encoded.length);
    ends[size++] = end;
  }

  int size() {
    return size;
  }

  String get(int index) {
    int start = index == 0 ? 0 : ends[index - 1];
    return new String(bytes, start, ends[index] - start, UTF_8);
  }
}
