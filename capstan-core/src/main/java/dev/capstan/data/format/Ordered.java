package dev.capstan.data.format;

import dev.capstan.data.Dataset;
import dev.capstan.data.DatasetView;
import java.util.List;

/**
 * A labelled set whose classes stand in the order of a network's outputs.
 *
 * @param whole the set in an order of its own
 * @param classes all the network's, also those that the set lacks
 * @param positions where the set's own classes stand among them
 */
record Ordered(Dataset whole, List<String> classes, List<Integer> positions)
    implements DatasetView {
  @Override
  public int label(int index) {
    return positions.get(whole.label(index));
  }
}
