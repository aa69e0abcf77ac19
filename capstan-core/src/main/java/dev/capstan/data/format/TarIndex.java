package dev.capstan.data.format;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.capstan.error.InvalidInputException;
import dev.capstan.files.InputFile;
import dev.capstan.image.file.ImageFormat;
import java.io.FileInputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.function.Consumer;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveInputStream;
import org.jspecify.annotations.Nullable;

/** Where the images of one tar file lie and what labels stand beside them. */
final class TarIndex {
  private static final int LONGEST_LABEL = 4096;

  private final Map<String, Sample> samples = new LinkedHashMap<>();

  /** The members of one key. The image has an empty name until it is met. */
  static final class Sample {
    String image = "";
    long offset;
    int length;
    @Nullable String label;
    private boolean hasClass;
  }

  private TarIndex() {}

  /** Reads the headers of a file and hands on its samples that have an image, in its order. */
  static void read(Path file, Consumer<Sample> receiver) {
    TarIndex index = new TarIndex();
    try (TarArchiveInputStream tar =
        new TarArchiveInputStream(new FileInputStream(InputFile.checked(file).toFile()))) {
      long end = Files.size(file);
      for (TarArchiveEntry entry = tar.getNextEntry(); entry != null; entry = tar.getNextEntry()) {
        if (entry.isFile()) {
          checkInside(entry, end - tar.getBytesRead());
          index.note(entry, tar);
        }
      }
    } catch (IOException | IllegalArgumentException e) {
      throw new InvalidInputException(file + ": not a readable tar file: " + e.getMessage(), e);
    }
    index.samples.values().stream().filter(sample -> !sample.image.isEmpty()).forEach(receiver);
  }

  private static void checkInside(TarArchiveEntry entry, long rest) throws IOException {
    if (entry.isSparse() || entry.getSize() > Math.min(rest, Integer.MAX_VALUE - 8)) {
      throw new IOException(entry.getName() + " is sparse, too large or cut short");
    }
  }

  private void note(TarArchiveEntry entry, TarArchiveInputStream tar) throws IOException {
    String name = entry.getName();
    int base = name.lastIndexOf('/') + 1;
    int dot = name.indexOf('.', base);
    if (dot <= base) {
      return; // hidden, or of no kind
    }
    String kind = name.substring(dot).toLowerCase(Locale.ROOT);
    Sample sample = samples.computeIfAbsent(name.substring(0, dot), key -> new Sample());
    if (ImageFormat.isName(kind)) {
      sample.image = name;
      sample.offset = tar.getBytesRead();
      sample.length = (int) entry.getSize();
    } else if (kind.equals(".cls") || (kind.equals(".txt") && !sample.hasClass)) {
      sample.label = new String(tar.readNBytes(LONGEST_LABEL), UTF_8).strip();
      sample.hasClass = kind.equals(".cls");
    }
  }
}
