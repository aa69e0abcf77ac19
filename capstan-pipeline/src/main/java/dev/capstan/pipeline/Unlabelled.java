package dev.capstan.pipeline;

import dev.capstan.data.Dataset;
import dev.capstan.data.ImageDecoder;
import dev.capstan.data.RgbImage;
import java.io.IOException;
import java.util.List;

/** Images whose labels say nothing to a network that does not classify. */
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
  public RgbImage image(int index, ImageDecoder decoder) throws IOException {
    return whole.image(index, decoder);
  }
}
