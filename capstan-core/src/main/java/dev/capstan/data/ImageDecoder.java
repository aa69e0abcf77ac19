package dev.capstan.data;

import dev.capstan.image.RgbImage;
import java.io.IOException;

/**
 * Turns the bytes of a JPEG or PNG file into pixels.
 *
 * <p>Gray images are spread over the three channels, palettes are looked up, 16 bits are cut to 8
 * and transparency is dropped. Decoders differ a little in their rounding, so a result names the
 * one it was made with. Implementations serve many threads at once.
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
