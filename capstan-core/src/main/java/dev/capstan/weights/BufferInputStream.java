package dev.capstan.weights;

import java.io.InputStream;
import java.nio.ByteBuffer;

/** A buffer as a stream. {@link #available} is exact: what a pickle claims is held against it. */
final class BufferInputStream extends InputStream {
  private final ByteBuffer bytes;

  BufferInputStream(ByteBuffer bytes) {
    this.bytes = bytes;
  }

  /** Number of bytes read so far. */
  int position() {
    return bytes.position();
  }

  /** The byte that comes after so many others, without reading it; -1 if there is none. */
  int at(int ahead) {
    return ahead < bytes.remaining() ? bytes.get(bytes.position() + ahead) & 0xFF : -1;
  }

  /** The next bytes as a little-endian number, without reading them; -1 if there are fewer. */
  long peek(int count) {
    if (bytes.remaining() < count) {
      return -1;
    }
    long value = 0;
    for (int i = count - 1; i >= 0; i--) {
      value = value << Byte.SIZE | (bytes.get(bytes.position() + i) & 0xFF);
    }
    return value;
  }

  @Override
  public int read() {
    return bytes.hasRemaining() ? bytes.get() & 0xFF : -1;
  }

  @Override
  public int read(byte[] to, int offset, int length) {
    if (length > 0 && !bytes.hasRemaining()) {
      return -1;
    }
    int count = Math.min(length, bytes.remaining());
    bytes.get(to, offset, count);
    return count;
  }

  @Override
  public int available() {
    return bytes.remaining();
  }
}
