package dev.capstan.ort;

import dev.capstan.graph.Constant;
import dev.capstan.graph.DataType;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;

/** Constants on the way from one process to another. */
final class ConstantStream {
  private ConstantStream() {}

  static void writeAll(DataOutputStream stream, Map<String, Constant> constants)
      throws IOException {
    stream.writeInt(constants.size());
    for (Map.Entry<String, Constant> entry : constants.entrySet()) {
      // Names may be longer than writeUTF takes.
      writeBytes(stream, entry.getKey().getBytes(StandardCharsets.UTF_8));
      write(stream, entry.getValue());
    }
  }

  static Map<String, Constant> readAll(DataInputStream stream) throws IOException {
    Map<String, Constant> constants = new LinkedHashMap<>();
    for (int left = stream.readInt(); left > 0; left--) {
      String name = new String(readBytes(stream), StandardCharsets.UTF_8);
      constants.put(name, read(stream));
    }
    return constants;
  }

  private static void write(DataOutputStream stream, Constant constant) throws IOException {
    stream.writeUTF(constant.type().name());
    stream.writeInt(constant.rank());
    for (long size : constant.sizes()) {
      stream.writeLong(size);
    }
    byte[] bytes = new byte[constant.bytes().remaining()];
    constant.bytes().get(bytes);
    writeBytes(stream, bytes);
  }

  private static void writeBytes(DataOutputStream stream, byte[] bytes) throws IOException {
    stream.writeInt(bytes.length);
    stream.write(bytes);
  }

  private static byte[] readBytes(DataInputStream stream) throws IOException {
    byte[] bytes = new byte[stream.readInt()];
    stream.readFully(bytes);
    return bytes;
  }

  private static Constant read(DataInputStream stream) throws IOException {
    DataType type = DataType.valueOf(stream.readUTF());
    long[] sizes = new long[stream.readInt()];
    for (int i = 0; i < sizes.length; i++) {
      sizes[i] = stream.readLong();
    }
    return Constant.view(type, sizes, ByteBuffer.wrap(readBytes(stream)));
  }
}
