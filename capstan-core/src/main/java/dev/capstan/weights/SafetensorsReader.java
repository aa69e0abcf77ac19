package dev.capstan.weights;

import dev.capstan.error.InvalidInputException;
import dev.capstan.graph.Constant;
import dev.capstan.graph.DataType;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.StreamSupport;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.core.StreamReadFeature;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * Reads safetensors: the length of a header (8 bytes, little-endian), the header in JSON, then the
 * tensors' bytes without a gap.
 *
 * <p>Tensors are views of the mapped file; nothing is read before it is used. Every entry of the
 * header is checked before any tensor is given out.
 */
public final class SafetensorsReader {
  /** A header takes about 100 bytes a tensor: the largest in use are a tenth of this. */
  static final long MAX_HEADER = 8 << 20;

  private static final JsonMapper JSON =
      JsonMapper.builder().enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION).build();

  private final MappedFile file;
  private final long dataStart;
  private final JsonNode header;

  private SafetensorsReader(MappedFile file) throws IOException {
    this.file = file;
    long length = headerLength(file);
    dataStart = Long.BYTES + length;
    header = parse(file, file.range(Long.BYTES, length));
  }

  /**
   * Reads a file.
   *
   * @throws InvalidInputException if it cannot be read or is no well-formed safetensors file
   */
  public static Safetensors read(Path path) {
    try (MappedFile file = MappedFile.open(path)) {
      return read(file);
    } catch (IOException e) {
      throw new InvalidInputException(path + ": cannot be read: " + e.getMessage(), e);
    }
  }

  static Safetensors read(MappedFile file) throws IOException {
    return new SafetensorsReader(file).tensors();
  }

  private static long headerLength(MappedFile file) throws IOException {
    if (file.size() < Long.BYTES) {
      throw file.error("expected a safetensors header, found %d bytes".formatted(file.size()));
    }
    long length = file.range(0, Long.BYTES).order(ByteOrder.LITTLE_ENDIAN).getLong();
    long room = Math.min(file.size() - Long.BYTES, MAX_HEADER);
    if (length < 0 || length > room) {
      throw file.error(
          "expected a safetensors header of at most %d bytes, found a length of %s"
              .formatted(room, Long.toUnsignedString(length)));
    }
    return length;
  }

  private static JsonNode parse(MappedFile file, ByteBuffer bytes) {
    byte[] text = new byte[bytes.remaining()];
    bytes.get(text);
    JsonNode header;
    try {
      header = JSON.readTree(text);
    } catch (JacksonException e) {
      String why = e.getOriginalMessage().lines().findFirst().orElse("");
      throw new InvalidInputException(
          file.path() + ": the safetensors header is not valid JSON: " + why, e);
    }
    if (!header.isObject()) {
      throw file.error("the safetensors header is no JSON object");
    }
    return header;
  }

  private Safetensors tensors() throws IOException {
    List<Entry> entries = new ArrayList<>();
    Map<String, String> metadata = new LinkedHashMap<>();
    for (Map.Entry<String, JsonNode> property : header.properties()) {
      if (property.getKey().equals("__metadata__")) {
        metadata.putAll(metadata(property.getValue()));
      } else {
        entries.add(entry(property.getKey(), property.getValue()));
      }
    }
    checkRanges(entries);
    Map<String, Constant> tensors = new LinkedHashMap<>();
    for (Entry entry : entries) {
      ByteBuffer bytes = file.range(dataStart + entry.begin, entry.end - entry.begin);
      tensors.put(entry.name, Constant.view(entry.type, entry.sizes(), bytes));
    }
    return new Safetensors(tensors, metadata);
  }

  private Map<String, String> metadata(JsonNode node) {
    Map<String, String> words = new LinkedHashMap<>();
    for (Map.Entry<String, JsonNode> property : node.properties()) {
      if (!property.getValue().isString()) {
        throw file.error("expected text as metadata '" + property.getKey() + "'");
      }
      words.put(property.getKey(), property.getValue().stringValue());
    }
    return words;
  }

  private Entry entry(String name, JsonNode node) {
    String typeName = node.path("dtype").asString("");
    DataType type = SafetensorsType.of(typeName);
    if (type == null) {
      throw error(name, "unknown dtype '" + typeName + "'");
    }
    List<Long> sizes = numbers(name, "shape", node.get("shape"));
    List<Long> offsets = numbers(name, "data_offsets", node.get("data_offsets"));
    if (offsets.size() != 2) {
      throw error(name, "expected 2 data_offsets, found " + offsets.size());
    }
    Entry entry = new Entry(name, type, sizes, offsets.get(0), offsets.get(1));
    checkEntry(entry);
    return entry;
  }

  private List<Long> numbers(String name, String field, @Nullable JsonNode node) {
    if (node == null || !node.isArray()) {
      throw error(name, "expected a list of numbers as " + field);
    }
    return StreamSupport.stream(node.spliterator(), false)
        .map(element -> number(name, field, element))
        .toList();
  }

  private long number(String name, String field, JsonNode element) {
    if (!element.isIntegralNumber() || !element.canConvertToLong() || element.longValue() < 0) {
      throw error(name, "expected whole numbers from 0 as %s, found %s".formatted(field, element));
    }
    return element.longValue();
  }

  private void checkEntry(Entry entry) {
    long room = file.size() - dataStart;
    if (entry.begin > entry.end || entry.end > room) {
      throw error(
          entry.name,
          "expected data_offsets within 0 and %d, found %d and %d"
              .formatted(room, entry.begin, entry.end));
    }
    long found = entry.end - entry.begin;
    if (!Extents.fills(entry.shape, entry.type.bytes(), found)) {
      throw error(
          entry.name,
          "%d bytes do not fill a %s tensor of shape %s".formatted(found, entry.type, entry.shape));
    }
  }

  /** The format allows neither overlaps nor gaps. */
  private void checkRanges(List<Entry> entries) {
    List<Entry> ordered = new ArrayList<>(entries);
    ordered.sort(Comparator.comparingLong(Entry::begin).thenComparingLong(Entry::end));
    long end = 0;
    for (Entry entry : ordered) {
      if (entry.begin != end) {
        throw error(
            entry.name,
            "its bytes begin at %d, %s the end of those before it, %d"
                .formatted(entry.begin, entry.begin < end ? "before" : "after", end));
      }
      end = entry.end;
    }
    if (end != file.size() - dataStart) {
      throw file.error(
          "expected %d bytes of tensors, found %d".formatted(end, file.size() - dataStart));
    }
  }

  private InvalidInputException error(String tensor, String message) {
    return file.error("tensor '" + tensor + "': " + message);
  }

  private record Entry(String name, DataType type, List<Long> shape, long begin, long end) {
    long[] sizes() {
      return shape.stream().mapToLong(Long::longValue).toArray();
    }
  }
}
