package dev.capstan.weights;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;

/** A pickle written opcode by opcode, so that tests can say what no pickler would. */
final class PickleBytes {
  private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();

  /** Protocol 2, as torch.save writes. */
  static PickleBytes start() {
    return new PickleBytes().op(0x80, 2);
  }

  PickleBytes op(int... opcodes) {
    for (int opcode : opcodes) {
      bytes.write(opcode);
    }
    return this;
  }

  /** Opcodes that are printable. */
  PickleBytes op(String opcodes) {
    bytes.writeBytes(opcodes.getBytes(StandardCharsets.ISO_8859_1));
    return this;
  }

  PickleBytes global(String module, String name) {
    return op("c" + module + "\n" + name + "\n");
  }

  PickleBytes text(String text) {
    byte[] encoded = text.getBytes(StandardCharsets.UTF_8);
    op("X").number(encoded.length);
    bytes.writeBytes(encoded);
    return this;
  }

  PickleBytes integer(int value) {
    return op("J").number(value);
  }

  /** A tuple of integers. */
  PickleBytes integers(int... values) {
    op("(");
    for (int value : values) {
      integer(value);
    }
    return op("t");
  }

  private PickleBytes number(int value) {
    bytes.writeBytes(ByteBuffer.allocate(4).order(ByteOrder.LITTLE_ENDIAN).putInt(value).array());
    return this;
  }

  /** A reference to a storage. */
  PickleBytes storage(String type, String key, int elements) {
    op("(").text("storage").global("torch", type).text(key).text("cpu").integer(elements);
    return op("tQ");
  }

  /** A tensor of the storage on the stack, called for by REDUCE. */
  PickleBytes tensor(String type, String key, int elements, int offset, int[] size, int[] stride) {
    global("torch._utils", "_rebuild_tensor_v2").op("(").storage(type, key, elements);
    integer(offset).integers(size).integers(stride);
    return op(0x89).global("collections", "OrderedDict").op(")RtR");
  }

  byte[] stop() {
    return op(".").bytes.toByteArray();
  }
}
