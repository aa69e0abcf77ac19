package dev.capstan.pipeline.result;

import dev.capstan.graph.Constant;
import dev.capstan.graph.Graph;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.Map;
import java.util.TreeMap;

/** A hash of a network's numbers, whatever else its file says. */
public final class InitializerHash {
  private InitializerHash() {}

  /** SHA-256 of names, types and bytes of all constants, in the order of names. */
  public static String of(Graph graph) {
    try {
      MessageDigest digest = MessageDigest.getInstance("SHA-256");
      for (Map.Entry<String, Constant> entry : new TreeMap<>(graph.constants()).entrySet()) {
        String name = entry.getKey() + " " + entry.getValue().tensorType() + "\n";
        digest.update(name.getBytes(StandardCharsets.UTF_8));
        digest.update(entry.getValue().bytes());
      }
      return HexFormat.of().formatHex(digest.digest());
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every JDK has SHA-256", e);
    }
  }
}
