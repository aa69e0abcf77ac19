package dev.capstan.data;

import java.util.List;

/**
 * Images without the labels they have: these say nothing to a network that does not classify.
 *
 * @param whole the images with their labels
 */
record Unlabelled(Dataset whole) implements DatasetView {
  @Override
  public List<String> classes() {
    return List.of();
  }

  @Override
  public int label(int index) {
    return UNLABELLED;
  }

  @Override
  public Dataset withoutLabels() {
    return this;
  }
}
