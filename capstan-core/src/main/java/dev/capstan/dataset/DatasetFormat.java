package dev.capstan.dataset;

import dev.capstan.image.RgbImage;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;

/**
 * A way in which a set of images lies in a file or folder. Own formats are asked before the
 * project's.
 *
 * <p>A service: a class with a public constructor without arguments, named in the file {@code
 * META-INF/services/dev.capstan.dataset.DatasetFormat} of its jar, or provided by its module.
 */
public interface DatasetFormat {
  /** What messages call it. */
  String name();

  /** Whether this is a set in this format: by its name, or a look at what is in it. */
  boolean reads(Path path);

  /**
   * Opens a set.
   *
   * @throws IOException if it cannot be read or is damaged; the user is told its message
   */
  ImageSet open(Path path) throws IOException;

  /**
   * Images by index, perhaps with labels. Serves many threads at once and keeps no file open
   * between calls; order, memory and what becomes of the images are not its business.
   */
  interface ImageSet {
    /** The number of images. */
    int size();

    /** The names of the classes in the order of a network's outputs; empty without labels. */
    List<String> classes();

    /** The class of an image, as a position in {@link #classes}; -1 for an image of none. */
    int label(int index);

    /** What a message to the user calls an image. */
    String name(int index);

    /**
     * Reads an image.
     *
     * @param decoder for what is stored as an image file
     * @throws IOException if it cannot be read or is damaged: the image is left out then
     */
    RgbImage image(int index, Decoder decoder) throws IOException;
  }

  /** Makes pixels of an image file's bytes: JPEG, PNG and whatever else folders may hold. */
  interface Decoder {
    /**
     * Decodes one.
     *
     * @throws IOException if they are no image, or a damaged one
     */
    RgbImage decode(byte[] file) throws IOException;
  }
}
