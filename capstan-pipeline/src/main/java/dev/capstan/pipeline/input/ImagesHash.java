package dev.capstan.pipeline.input;

import dev.capstan.data.Dataset;
import dev.capstan.error.InvalidInputException;
import dev.capstan.files.Sha256;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** What tells sets of images apart. */
public final class ImagesHash {
  /** Up to so much is read in seconds; of more, files at equal distances. */
  private static final long READ = 1L << 30;

  private ImagesHash() {}

  /**
   * SHA-256 of the names of a set's images, in its order, without their folders, of the sizes of
   * the files that hold them, and of what is in these; in hexadecimal. Of files of more than 1 GiB
   * together every second, third... is read, as many as that are.
   */
  public static String of(Dataset images) {
    return of(images, READ);
  }

  /** The same where so many bytes are read. */
  static String of(Dataset images, long read) {
    MessageDigest digest = Sha256.digest();
    Set<Path> files = new LinkedHashSet<>();
    for (int i = 0; i < images.size(); i++) {
      String name = images.name(i);
      add(digest, name.substring(name.lastIndexOf('/') + 1));
      Path file = file(name);
      if (file != null) {
        files.add(file);
      }
    }
    long bytes = 0;
    for (Path file : files) {
      bytes += file.toFile().length();
      add(digest, Long.toString(file.toFile().length()));
    }
    List<Path> all = new ArrayList<>(files);
    int step = (int) Math.min(Math.max(1, all.size()), 1 + (bytes - 1) / read);
    for (int i = 0; i < all.size(); i += step) {
      add(digest, content(all.get(i)));
    }
    return Sha256.hex(digest);
  }

  private static void add(MessageDigest digest, String line) {
    digest.update((line + "\n").getBytes(StandardCharsets.UTF_8));
  }

  /** The file that an image is, or that holds it and others: {@code FILE, which of them}. */
  private static @Nullable Path file(String name) {
    int end = name.lastIndexOf(", ");
    Path own = regular(name);
    return own == null && end > 0 ? regular(name.substring(0, end)) : own;
  }

  private static @Nullable Path regular(String name) {
    try {
      Path file = Path.of(name);
      return Files.isRegularFile(file) ? file : null;
    } catch (InvalidPathException e) {
      return null;
    }
  }

  /** What cannot be read now is left out of everything else, too. */
  private static String content(Path file) {
    try {
      return Sha256.of(List.of(file));
    } catch (InvalidInputException unreadable) {
      return "unreadable";
    }
  }
}
