package dev.capstan.torch.internal.checkpoint;

import dev.capstan.error.InvalidInputException;
import dev.capstan.files.Sha256;
import dev.capstan.graph.Constant;
import dev.capstan.weights.Safetensors;
import dev.capstan.weights.TensorHash;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.TreeMap;

/** Tells a checkpoint as it was written from one that was damaged since. */
final class Soundness {
  private static final String CHECKSUM = "sha256";

  private Soundness() {}

  /** Adds the checksum to the words of a checkpoint. */
  static void seal(Map<String, Constant> tensors, Map<String, String> words) {
    words.put(CHECKSUM, checksum(tensors, words));
  }

  /**
   * Fails where a checkpoint does not give its checksum, or holds what is no number.
   *
   * @param sealed whether it has a checksum
   */
  static void check(Safetensors content, boolean sealed, Path file) {
    Map<String, String> words = new LinkedHashMap<>(content.metadata());
    String sum = words.remove(CHECKSUM);
    if (sealed && !checksum(content.tensors(), words).equals(sum)) {
      throw new InvalidInputException(
          file + ": the checkpoint is damaged: it does not give its checksum; remove it");
    }
    content.tensors().forEach((name, tensor) -> checkFinite(name, tensor, file));
  }

  private static void checkFinite(String name, Constant tensor, Path file) {
    for (float value : tensor.type().isFloating() ? tensor.floats() : new float[0]) {
      if (!Float.isFinite(value)) {
        throw new InvalidInputException(
            "%s: the checkpoint cannot be gone on from: '%s' holds NaN or infinity; remove it"
                .formatted(file, name));
      }
    }
  }

  /** Of all words and tensors, in the order of their names. */
  private static String checksum(Map<String, Constant> tensors, Map<String, String> words) {
    MessageDigest digest = Sha256.digest();
    new TreeMap<>(words)
        .forEach(
            (key, word) ->
                digest.update((key + "=" + word + "\n").getBytes(StandardCharsets.UTF_8)));
    TensorHash.add(tensors, digest);
    return Sha256.hex(digest);
  }
}
