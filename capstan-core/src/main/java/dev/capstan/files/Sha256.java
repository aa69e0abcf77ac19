package dev.capstan.files;

import dev.capstan.error.InvalidInputException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.channels.Channels;
import java.nio.file.Path;
import java.security.DigestInputStream;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** SHA-256 of files, in hexadecimal. */
public final class Sha256 {
  private Sha256() {}

  /**
   * The hash of the bytes of files, one after the other.
   *
   * @throws InvalidInputException naming the file that cannot be read
   */
  public static String of(List<Path> files) {
    MessageDigest digest = digest();
    files.forEach(file -> add(file, digest));
    return hex(digest);
  }

  /** What a digest has come to, after which it begins anew. */
  public static String hex(MessageDigest digest) {
    return HexFormat.of().formatHex(digest.digest());
  }

  /** One that has taken nothing yet. */
  public static MessageDigest digest() {
    try {
      return MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every JDK has SHA-256", e);
    }
  }

  /** The hash of each file, by its name without its folder. */
  public static Map<String, String> each(List<Path> files) {
    Map<String, String> hashes = new LinkedHashMap<>();
    files.forEach(file -> hashes.put(file.getFileName().toString(), of(List.of(file))));
    return hashes;
  }

  private static void add(Path file, MessageDigest digest) {
    try (InputStream stream =
        new DigestInputStream(Channels.newInputStream(InputFile.open(file)), digest)) {
      stream.transferTo(OutputStream.nullOutputStream());
    } catch (IOException e) {
      throw new InvalidInputException(file + ": cannot be read: " + e.getMessage(), e);
    }
  }
}
