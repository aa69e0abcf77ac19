package dev.capstan.weights;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.zip.CRC32;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;

/** Checkpoints around a pickle, in both of PyTorch's formats. */
public enum CheckpointFiles {
  ZIP {
    @Override
    byte[] bytes(byte[] pickle, Map<String, float[]> storages) throws IOException {
      ByteArrayOutputStream bytes = new ByteArrayOutputStream();
      try (ZipOutputStream zip = new ZipOutputStream(bytes)) {
        entry(zip, "archive/data.pkl", pickle);
        for (Map.Entry<String, float[]> storage : storages.entrySet()) {
          entry(zip, "archive/data/" + storage.getKey(), floats(storage.getValue()));
        }
        entry(zip, "archive/byteorder", "little".getBytes(StandardCharsets.UTF_8));
      }
      return bytes.toByteArray();
    }
  },
  LEGACY {
    @Override
    byte[] bytes(byte[] pickle, Map<String, float[]> storages) {
      ByteArrayOutputStream bytes = new ByteArrayOutputStream();
      bytes.writeBytes(HEAD);
      bytes.writeBytes(pickle);
      PickleBytes keys = PickleBytes.start().op("](");
      storages.keySet().forEach(keys::text);
      bytes.writeBytes(keys.op("e").stop());
      storages
          .values()
          .forEach(
              storage -> {
                bytes.writeBytes(little(8).putLong(storage.length).array());
                bytes.writeBytes(floats(storage));
              });
      return bytes.toByteArray();
    }
  };

  private static final byte[] HEAD = head();

  abstract byte[] bytes(byte[] pickle, Map<String, float[]> storages) throws IOException;

  /** A checkpoint of two tensors and a number. */
  public byte[] sample() throws IOException {
    byte[] pickle =
        PickleBytes.start()
            .op("}(")
            .text("conv.weight")
            .tensor("FloatStorage", "0", 8, 0, new int[] {2, 2}, new int[] {4, 2})
            .text("epoch")
            .integer(3)
            .text("bias")
            .tensor("FloatStorage", "1", 4, 0, new int[] {4}, new int[] {1})
            .op("u")
            .stop();
    return bytes(pickle, Map.of("0", new float[8], "1", new float[] {1, 2, 3, 4}));
  }

  /** Writes a checkpoint into a folder. */
  Path write(Path folder, byte[] pickle, Map<String, float[]> storages) {
    try {
      return Files.write(folder.resolve(name() + ".pt"), bytes(pickle, storages));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static byte[] head() {
    ByteArrayOutputStream head = new ByteArrayOutputStream();
    int[] magic = {0x6c, 0xfc, 0x9c, 0x46, 0xf9, 0x20, 0x6a, 0xa8, 0x50, 0x19};
    head.writeBytes(PickleBytes.start().op(0x8a, magic.length).op(magic).stop());
    head.writeBytes(PickleBytes.start().integer(1001).stop());
    head.writeBytes(PickleBytes.start().op("}").text("little_endian").op(0x88).op("s").stop());
    return head.toByteArray();
  }

  private static void entry(ZipOutputStream zip, String name, byte[] content) throws IOException {
    ZipEntry entry = new ZipEntry(name);
    entry.setMethod(ZipEntry.STORED);
    entry.setSize(content.length);
    CRC32 crc = new CRC32();
    crc.update(content);
    entry.setCrc(crc.getValue());
    zip.putNextEntry(entry);
    zip.write(content);
    zip.closeEntry();
  }

  private static byte[] floats(float[] values) {
    byte[] bytes = new byte[4 * values.length];
    ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN).asFloatBuffer().put(values);
    return bytes;
  }

  private static ByteBuffer little(int size) {
    return ByteBuffer.allocate(size).order(ByteOrder.LITTLE_ENDIAN);
  }
}
