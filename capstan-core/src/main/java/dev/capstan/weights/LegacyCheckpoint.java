package dev.capstan.weights;

import dev.capstan.graph.Constant;
import java.io.IOException;
import java.math.BigInteger;
import java.nio.ByteOrder;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * What torch.save wrote before 1.6: pickles of a magic number, a version, facts about the machine,
 * the objects and the keys of the storages; then each storage, its number of elements (int64) and
 * their bytes.
 */
final class LegacyCheckpoint {
  private static final BigInteger MAGIC = new BigInteger("1950a86a20f9469cfc6c", 16);
  private static final int VERSION = 1001;

  private final MappedFile file;
  private final BufferInputStream pickles;
  private final CheckpointUnpickler unpickler;

  private LegacyCheckpoint(MappedFile file) throws IOException {
    this.file = file;
    pickles = new BufferInputStream(file.range(0, Math.min(file.size(), Integer.MAX_VALUE)));
    unpickler = new CheckpointUnpickler(file.path(), pickles);
  }

  static Map<String, Constant> read(MappedFile file) throws IOException {
    return new LegacyCheckpoint(file).read();
  }

  private Map<String, Constant> read() throws IOException {
    checkHead();
    StateDict found = StateDict.find(file, unpickler.read());
    Map<String, Long> offsets = offsets(unpickler.read());
    return found.resolve(file, storage -> file.range(offset(offsets, storage), storage.bytes()));
  }

  private void checkHead() throws IOException {
    if (!MAGIC.equals(unpickler.read())) {
      throw file.error("a pickle, but not one that torch.save wrote");
    }
    Object version = unpickler.read();
    if (!Integer.valueOf(VERSION).equals(version)) {
      throw file.error(
          "expected checkpoint version %d, found %s"
              .formatted(VERSION, version instanceof Integer ? version : kind(version)));
    }
    if (!(unpickler.read() instanceof Map<?, ?> facts)
        || !Boolean.TRUE.equals(facts.get("little_endian"))) {
      throw file.error("expected a checkpoint of a little-endian machine");
    }
  }

  private Map<String, Long> offsets(Object keys) throws IOException {
    if (!(keys instanceof List<?> list)) {
      throw file.error("expected the keys of the storages, found a " + kind(keys));
    }
    Map<String, Long> offsets = new HashMap<>();
    long position = pickles.position();
    for (Object key : list) {
      Storage storage = key instanceof String name ? unpickler.storages().get(name) : null;
      if (storage == null) {
        throw file.error(
            "storage '%s' is listed, but no tensor uses it"
                .formatted(key instanceof String ? key : kind(key)));
      }
      long elements = file.range(position, Long.BYTES).order(ByteOrder.LITTLE_ENDIAN).getLong();
      if (elements != storage.elements()) {
        throw file.error(
            "storage '%s': expected %d elements, found %d"
                .formatted(key, storage.elements(), elements));
      }
      offsets.put(storage.key(), position + Long.BYTES);
      position += Long.BYTES + storage.bytes();
    }
    return offsets;
  }

  /** What a pickle made is not printed: it may hold itself. */
  private static String kind(Object object) {
    return object == null ? "None" : object.getClass().getSimpleName();
  }

  private long offset(Map<String, Long> offsets, Storage storage) {
    Long offset = offsets.get(storage.key());
    if (offset == null) {
      throw file.error("storage '" + storage.key() + "' is missing");
    }
    return offset;
  }
}
