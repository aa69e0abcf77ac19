package dev.capstan.data.format;

import dev.capstan.data.Dataset;
import dev.capstan.data.ImageDecoder;
import dev.capstan.image.RgbImage;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;

/**
 * A labelled set whose classes stand in the order of a network's outputs.
 *
 * @param whole the set in an order of its own
 * @param classes all the network's, also those that the set lacks
 * @param positions where the set's own classes stand among them
 */
record Ordered(Dataset whole, List<String> classes, List<Integer> positions) implements Dataset {
  @Override
  public int size() {
    return whole.size();
  }

  @Override
  public int label(int index) {
    return positions.get(whole.label(index));
  }

  @Override
  public String name(int index) {
    return whole.name(index);
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

  @Override
  public List<String> notes() {
    return whole.notes();
  }

  @Override
  public Dataset withoutLabels() {
    return whole.withoutLabels();
  }
}
