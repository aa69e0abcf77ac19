package dev.capstan.ort;

import dev.capstan.graph.Constant;
import dev.capstan.graph.DataType;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;

/** Constants on the way from one process to another. */
final class ConstantStream {
  private ConstantStream() {}

  static void write(DataOutputStream stream, Constant constant) throws IOException {
    stream.writeUTF(constant.type().name());
    stream.writeInt(constant.rank());
    for (long size : constant.sizes()) {
      stream.writeLong(size);
    }
    byte[] bytes = new byte[constant.bytes().remaining()];
    constant.bytes().get(bytes);
    stream.writeInt(bytes.length);
    stream.write(bytes);
  }

  static Constant read(DataInputStream stream) throws IOException {
    DataType type = DataType.valueOf(stream.readUTF());
    long[] sizes = new long[stream.readInt()];
    for (int i = 0; i < sizes.length; i++) {
      sizes[i] = stream.readLong();
    }
    byte[] bytes = new byte[stream.readInt()];
    stream.readFully(bytes);
    return Constant.view(type, sizes, ByteBuffer.wrap(bytes));
  }
}
