package dev.capstan.data;

import dev.capstan.image.RgbImage;
import java.io.IOException;
import java.util.List;

/**
 * Images by index, perhaps with labels.
 *
 * <p>Access is random, so that order ({@link Order}) and memory ({@link ImageStore}) stand apart.
 * Implementations serve many threads at once and keep no file open.
 */
public interface Dataset {
  /** The label of an image that has none. */
  int UNLABELLED = -1;

  /** The number of images. */
  int size();

  /** The names of the classes in the order of a network's outputs; empty without labels. */
  List<String> classes();

  /** The class of an image, as a position in {@link #classes}, or {@link #UNLABELLED}. */
  int label(int index);

  /** What a message to the user calls an image. */
  String name(int index);

  /**
   * Reads and decodes an image.
   *
   * @throws IOException if it cannot be read or is damaged
   */
  RgbImage image(int index, ImageDecoder decoder) throws IOException;

  /** Whether the images have labels. */
  default boolean isLabelled() {
    return !classes().isEmpty();
  }
}
