package dev.capstan.image.file;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;

/** The formats of image files that are read: of those with several images the first one. */
public enum ImageFormat {
  /** JPEG: gray, colour, CMYK. */
  JPEG("JPEG", List.of("\u00ff\u00d8\u00ff"), List.of("jpg", "jpeg", "jpe", "jfif")),
  /** Portable network graphics. */
  PNG("PNG", List.of("\u0089PNG"), List.of("png")),
  /** Windows bitmaps. */
  BMP("BMP", List.of("BM"), List.of("bmp", "dib")),
  /** GIF. */
  GIF("GIF", List.of("GIF8"), List.of("gif")),
  /** Tagged image files. */
  TIFF("TIFF", List.of("II*\0", "MM\0*"), List.of("tif", "tiff")),
  /** WebP. */
  WEBP("WebP", List.of("RIFF"), List.of("webp"));

  private final String title;
  private final List<String> beginnings;
  private final List<String> extensions;

  ImageFormat(String title, List<String> beginnings, List<String> extensions) {
    this.title = title;
    this.beginnings = beginnings;
    this.extensions = extensions;
  }

  /** What people call it. */
  @Override
  public String toString() {
    return title;
  }

  /** Whether bytes begin as a file of this format does. */
  public boolean matches(byte[] encoded) {
    String begin = new String(encoded, 0, Math.min(encoded.length, 12), ISO_8859_1);
    return beginnings.stream().anyMatch(begin::startsWith)
        && (this != WEBP || begin.endsWith("WEBP"));
  }

  /** Whether a file's name ends as those of one of the formats do. */
  public static boolean isName(String file) {
    String extension = file.substring(file.lastIndexOf('.') + 1).toLowerCase(Locale.ROOT);
    return Arrays.stream(values()).anyMatch(format -> format.extensions.contains(extension));
  }

  /** All of them, as a message names them. */
  public static String all() {
    return Arrays.stream(values()).map(ImageFormat::toString).collect(Collectors.joining(", "));
  }
}
