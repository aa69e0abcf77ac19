package dev.capstan.weights;

import static java.util.stream.Collectors.joining;

import dev.capstan.error.InvalidInputException;
import dev.capstan.graph.Constant;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * The named tensors of a checkpoint, whose elements are still in the file.
 *
 * @param tensors by name, in order
 */
record StateDict(Map<String, StridedTensor> tensors) {
  private static final List<String> PLACES =
      List.of("state_dict", "model", "model_state_dict", "net");

  /** Where the bytes of a storage are. */
  @FunctionalInterface
  interface Source {
    ByteBuffer bytes(Storage storage) throws IOException;
  }

  /**
   * Finds the tensors of a checkpoint.
   *
   * @param root what was pickled
   * @throws InvalidInputException if there are none in the usual places
   */
  static StateDict find(MappedFile file, Object root) {
    if (!(root instanceof Map<?, ?> top)) {
      throw file.error(
          "expected a dictionary of tensors, found another object; save model.state_dict()");
    }
    for (String place : PLACES) {
      if (top.get(place) instanceof Map<?, ?> inner && !tensors(inner).isEmpty()) {
        return new StateDict(tensors(inner));
      }
    }
    Map<String, StridedTensor> found = tensors(top);
    if (found.isEmpty()) {
      throw file.error(
          "no tensors at the top level or under %s; found the keys [%s]"
              .formatted(String.join(", ", PLACES), excerpt(top)));
    }
    return new StateDict(found);
  }

  /** What a file holds may be of any length. */
  private static String excerpt(Map<?, ?> dictionary) {
    String few = dictionary.keySet().stream().limit(10).map(String::valueOf).collect(joining(", "));
    return dictionary.size() > 10 ? few + ", ..." : few;
  }

  private static Map<String, StridedTensor> tensors(Map<?, ?> dictionary) {
    Map<String, StridedTensor> tensors = new LinkedHashMap<>();
    dictionary.forEach(
        (name, value) -> {
          if (name instanceof String text && value instanceof StridedTensor tensor) {
            tensors.put(text, tensor);
          }
        });
    return tensors;
  }

  /** The tensors themselves; those of one storage share its bytes. */
  Map<String, Constant> resolve(MappedFile file, Source source) throws IOException {
    Map<Storage, ByteBuffer> storages = new HashMap<>();
    long copied = 0;
    Map<String, Constant> constants = new LinkedHashMap<>();
    for (Map.Entry<String, StridedTensor> entry : tensors.entrySet()) {
      Storage storage = entry.getValue().storage();
      ByteBuffer bytes = storages.get(storage);
      if (bytes == null) {
        bytes = source.bytes(storage);
        storages.put(storage, bytes);
      }
      if (bytes.remaining() != storage.bytes()) {
        throw file.error(
            "tensor '%s': expected a storage of %d bytes, found %d"
                .formatted(entry.getKey(), storage.bytes(), bytes.remaining()));
      }
      // Many tensors may be of one storage: views take nothing, copies could take any amount.
      copied += entry.getValue().copied();
      if (copied > 2 * file.size()) {
        throw file.error(
            "tensors with strides of their own would take over twice the file's %d bytes"
                .formatted(file.size()));
      }
      constants.put(entry.getKey(), entry.getValue().of(bytes));
    }
    return constants;
  }
}
