package dev.capstan.data;

import dev.capstan.image.RgbImage;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;

/**
 * Images without the labels they have: these say nothing to a network that does not classify.
 *
 * @param whole the images with their labels
 */
record Unlabelled(Dataset whole) implements Dataset {
  @Override
  public int size() {
    return whole.size();
  }

  @Override
  public List<String> classes() {
    return List.of();
  }

  @Override
  public int label(int index) {
    return UNLABELLED;
  }

  @Override
  public String name(int index) {
    return whole.name(index);
  }

  @Override
  public List<String> notes() {
    return whole.notes();
  }

  @Override
  public Dataset withoutLabels() {
    return this;
  }

  @Override
  public boolean isOfArrays() {
    return whole.isOfArrays();
  }

  @Override
  public Path arrays(int index) {
    return whole.arrays(index);
  }

  @Override
  public RgbImage image(int index, ImageDecoder decoder) throws IOException {
    return whole.image(index, decoder);
  }
}
