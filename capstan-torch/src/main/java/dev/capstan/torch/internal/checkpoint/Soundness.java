package dev.capstan.torch.internal.checkpoint;

import dev.capstan.error.InvalidInputException;
import dev.capstan.graph.Constant;
import dev.capstan.weights.Safetensors;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
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
    try {
      MessageDigest digest = MessageDigest.getInstance("SHA-256");
      new TreeMap<>(words).forEach((key, word) -> digest.update(bytes(key + "=" + word + "\n")));
      new TreeMap<>(tensors)
          .forEach(
              (name, tensor) -> {
                digest.update(bytes(name + " " + tensor.tensorType() + "\n"));
                digest.update(tensor.bytes());
              });
      return HexFormat.of().formatHex(digest.digest());
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every JDK has SHA-256", e);
    }
  }

  private static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }
}
