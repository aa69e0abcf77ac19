package dev.capstan.data;

import dev.capstan.image.RgbImage;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.IntStream;

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
   * Reads and decodes an image that is a picture.
   *
   * @throws IOException if it cannot be read or is damaged
   */
  RgbImage image(int index, ImageDecoder decoder) throws IOException;

  /** Whether what is called images here are arrays of numbers, to go into a network as they are. */
  default boolean isOfArrays() {
    return false;
  }

  /**
   * The file that holds the arrays of an image.
   *
   * @throws IllegalStateException if the images are pictures
   */
  default Path arrays(int index) {
    throw new IllegalStateException(name(index) + " is a picture");
  }

  /** Whether the images have labels. */
  default boolean isLabelled() {
    return !classes().isEmpty();
  }

  /**
   * Whether the classes are those of a network with so many outputs: as many, or fewer where their
   * names are the numbers of the outputs.
   */
  default boolean fits(long outputs) {
    List<String> names = classes();
    return names.size() == outputs
        || (names.size() < outputs
            && IntStream.range(0, names.size())
                .allMatch(i -> names.get(i).equals(Integer.toString(i))));
  }

  /** What the user should know of the set, such as what is left out of it; a line each. */
  default List<String> notes() {
    return List.of();
  }

  /** The images alone: labels say nothing to a network with other classes, or none. */
  default Dataset withoutLabels() {
    return new Unlabelled(this);
  }
}
