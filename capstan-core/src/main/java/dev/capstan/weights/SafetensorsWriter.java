package dev.capstan.weights;

import dev.capstan.error.InvalidInputException;
import dev.capstan.files.AtomicFile;
import dev.capstan.graph.Constant;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.Channels;
import java.nio.channels.WritableByteChannel;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import tools.jackson.databind.json.JsonMapper;

/** Writes safetensors. The same maps in the same order give the same bytes. */
public final class SafetensorsWriter {
  private static final JsonMapper JSON = new JsonMapper();

  /** The header is filled up with spaces to this, so that the first tensor is aligned. */
  private static final int ALIGNMENT = 8;

  private SafetensorsWriter() {}

  /**
   * Writes tensors in the order of their map. The file is there complete or not at all; one that
   * was there before is replaced.
   *
   * @param tensors by name
   * @param metadata words beside them
   * @throws InvalidInputException if the file cannot be written
   */
  public static void write(Map<String, Constant> tensors, Map<String, String> metadata, Path file) {
    AtomicFile.write(file, stream -> writeAll(tensors, metadata, Channels.newChannel(stream)));
  }

  private static void writeAll(
      Map<String, Constant> tensors, Map<String, String> metadata, WritableByteChannel channel)
      throws IOException {
    put(channel, header(tensors, metadata));
    for (Constant tensor : tensors.values()) {
      put(channel, tensor.bytes());
    }
  }

  private static ByteBuffer header(Map<String, Constant> tensors, Map<String, String> metadata) {
    Map<String, Object> header = new LinkedHashMap<>();
    if (!metadata.isEmpty()) {
      header.put("__metadata__", metadata);
    }
    long begin = 0;
    for (Map.Entry<String, Constant> entry : tensors.entrySet()) {
      long end = begin + entry.getValue().bytes().remaining();
      header.put(entry.getKey(), describe(entry.getValue(), begin, end));
      begin = end;
    }
    return framed(JSON.writeValueAsBytes(header));
  }

  private static Map<String, Object> describe(Constant tensor, long begin, long end) {
    Map<String, Object> entry = new LinkedHashMap<>();
    entry.put("dtype", SafetensorsType.name(tensor.type()));
    entry.put("shape", tensor.sizes());
    entry.put("data_offsets", List.of(begin, end));
    return entry;
  }

  private static ByteBuffer framed(byte[] json) {
    int length = (json.length + ALIGNMENT - 1) / ALIGNMENT * ALIGNMENT;
    byte[] padded = Arrays.copyOf(json, length);
    Arrays.fill(padded, json.length, length, (byte) ' ');
    return ByteBuffer.allocate(Long.BYTES + length)
        .order(ByteOrder.LITTLE_ENDIAN)
        .putLong(length)
        .put(padded)
        .flip();
  }

  private static void put(WritableByteChannel channel, ByteBuffer bytes) throws IOException {
    while (bytes.hasRemaining()) {
      channel.write(bytes);
    }
  }
}
