package dev.capstan.weights;

import dev.capstan.files.Sha256;
import dev.capstan.graph.Constant;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.Map;
import java.util.TreeMap;

/** SHA-256 of tensors: their names, types and bytes, in the order of names. */
public final class TensorHash {
  private TensorHash() {}

  /** The hash in hexadecimal. */
  public static String of(Map<String, Constant> tensors) {
    MessageDigest digest = Sha256.digest();
    add(tensors, digest);
    return Sha256.hex(digest);
  }

  /** Adds tensors to what a digest has taken. */
  public static void add(Map<String, Constant> tensors, MessageDigest digest) {
    new TreeMap<>(tensors)
        .forEach(
            (name, tensor) -> {
              String title = name + " " + tensor.tensorType() + "\n";
              digest.update(title.getBytes(StandardCharsets.UTF_8));
              digest.update(tensor.bytes());
            });
  }
}
