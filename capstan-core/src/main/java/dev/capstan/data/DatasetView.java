package dev.capstan.data;

import dev.capstan.image.RgbImage;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;

/**
 * The images of another set, of which it says something else: whatever it does not say is that's.
 */
public interface DatasetView extends Dataset {
  /** The other set. */
  Dataset whole();

  @Override
  default int size() {
    return whole().size();
  }

  @Override
  default List<String> classes() {
    return whole().classes();
  }

  @Override
  default int label(int index) {
    return whole().label(index);
  }

  @Override
  default String name(int index) {
    return whole().name(index);
  }

  @Override
  default RgbImage image(int index, ImageDecoder decoder) throws IOException {
    return whole().image(index, decoder);
  }

  @Override
  default boolean isOfArrays() {
    return whole().isOfArrays();
  }

  @Override
  default Path arrays(int index) {
    return whole().arrays(index);
  }

  @Override
  default List<String> notes() {
    return whole().notes();
  }

  @Override
  default Dataset withoutLabels() {
    return whole().withoutLabels();
  }
}
