package dev.capstan.data;

import dev.capstan.image.RgbImage;
import java.io.IOException;

/**
 * Turns the bytes of an image file into pixels, as people see them: turned and mirrored as the
 * file's EXIF block says.
 *
 * <p>{@link dev.capstan.image.file.ImageFormat} lists the formats; of a file with several images
 * the first is taken. Gray images are spread over the three channels, palettes are looked up, 16
 * bits are cut to 8, CMYK becomes the light that the inks let through. Decoders differ a little in
 * their rounding, so a result names the one it was made with. Implementations serve many threads at
 * once.
 */
public interface ImageDecoder {
  /** What a result calls this decoder. */
  String name();

  /**
   * Decodes one image.
   *
   * @throws IOException if the bytes are not an image, are cut short or are otherwise damaged
   */
  RgbImage decode(byte[] encoded) throws IOException;
}
