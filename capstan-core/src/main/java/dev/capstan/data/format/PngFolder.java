package dev.capstan.data.format;

import static java.nio.file.StandardCopyOption.ATOMIC_MOVE;

import dev.capstan.data.Dataset;
import dev.capstan.data.ImageDecoder;
import dev.capstan.error.InvalidInputException;
import dev.capstan.image.RgbImage;
import java.awt.image.BufferedImage;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.Locale;
import java.util.stream.Stream;
import javax.imageio.ImageIO;
import javax.imageio.stream.ImageOutputStream;
import javax.imageio.stream.MemoryCacheImageOutputStream;

/** Writes a labelled set as a folder of PNG files, {@code DIR/<class>/<number>.png}. */
public final class PngFolder {
  private PngFolder() {}

  /**
   * Writes all images of a set into a folder that is not there yet, or empty.
   *
   * <p>They are written beside it and moved into place: the folder is never half full.
   *
   * @throws InvalidInputException if the folder holds something or cannot be written
   */
  public static void write(Dataset set, ImageDecoder decoder, Path folder) {
    Path target = folder.toAbsolutePath().normalize();
    try {
      Path beside = Files.createDirectories(target.resolveSibling(name(target) + ".part"));
      try {
        writeAll(set, decoder, beside);
        Files.deleteIfExists(target);
        Files.move(beside, target, ATOMIC_MOVE);
      } finally {
        delete(beside);
      }
    } catch (IOException e) {
      throw new InvalidInputException(folder + ": images cannot be written here: " + e, e);
    }
  }

  private static String name(Path folder) {
    Path last = folder.getFileName();
    if (last == null) {
      throw new InvalidInputException(folder + ": images cannot be written here");
    }
    return last.toString();
  }

  private static void writeAll(Dataset set, ImageDecoder decoder, Path folder) throws IOException {
    for (String name : set.classes()) {
      Files.createDirectories(folder.resolve(name));
    }
    for (int i = 0; i < set.size(); i++) {
      Path file =
          folder
              .resolve(set.classes().get(set.label(i)))
              .resolve(String.format(Locale.ROOT, "%06d.png", i));
      Files.write(file, png(set.image(i, decoder)));
    }
  }

  private static void delete(Path folder) throws IOException {
    if (Files.exists(folder)) {
      try (Stream<Path> files = Files.walk(folder)) {
        for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
          Files.delete(file);
        }
      }
    }
  }

  /** An image as the bytes of a PNG file. */
  public static byte[] png(RgbImage image) throws IOException {
    BufferedImage buffer =
        new BufferedImage(image.width(), image.height(), BufferedImage.TYPE_INT_RGB);
    byte[] rgb = image.pixels();
    for (int i = 0; i < rgb.length / 3; i++) {
      int packed = (rgb[3 * i] & 255) << 16 | (rgb[3 * i + 1] & 255) << 8 | (rgb[3 * i + 2] & 255);
      buffer.setRGB(i % image.width(), i / image.width(), packed);
    }
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (ImageOutputStream output = new MemoryCacheImageOutputStream(bytes)) {
      ImageIO.write(buffer, "png", output);
    }
    return bytes.toByteArray();
  }
}
