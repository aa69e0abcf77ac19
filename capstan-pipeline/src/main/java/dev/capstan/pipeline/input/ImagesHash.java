package dev.capstan.pipeline.input;

import dev.capstan.data.Dataset;
import dev.capstan.files.Sha256;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.security.MessageDigest;

/** What tells sets of images apart without reading all of them. */
public final class ImagesHash {
  private ImagesHash() {}

  /**
   * SHA-256 of the names of a set's images, in its order, without their folders, and of the sizes
   * of those that are files of their own; in hexadecimal.
   */
  public static String of(Dataset images) {
    MessageDigest digest = Sha256.digest();
    for (int i = 0; i < images.size(); i++) {
      String name = images.name(i);
      String line = "%s %d%n".formatted(name.substring(name.lastIndexOf('/') + 1), bytes(name));
      digest.update(line.getBytes(StandardCharsets.UTF_8));
    }
    return Sha256.hex(digest);
  }

  private static long bytes(String name) {
    try {
      return Files.size(Path.of(name));
    } catch (IOException | InvalidPathException e) {
      // An image within a file of many.
      return -1;
    }
  }
}
