package dev.capstan.pipeline.input;

import dev.capstan.data.Batch;
import dev.capstan.data.Batches;
import dev.capstan.data.ImageStore;
import dev.capstan.data.ImageSubset;
import dev.capstan.data.Order;
import dev.capstan.graph.Constant;
import dev.capstan.graph.Dim;
import dev.capstan.graph.Value;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Images as a model file takes them.
 *
 * @param images where they come from
 * @param inputs the model's inputs for them, as the file has them
 * @param seed of the choice of images
 */
public record RunImages(ImageStore images, List<Value> inputs, long seed) {
  /** How many images a run takes: as many as the file says, else so many. */
  public int size(int open) {
    return inputs.stream()
        .map(input -> input.type().shape().dims().get(0))
        .filter(Dim::isKnown)
        .findFirst()
        .map(batch -> Math.toIntExact(batch.size()))
        .orElse(open);
  }

  /**
   * Inputs of runs, by name.
   *
   * @param runs how many, at most
   * @param open images a run where the file leaves that open
   */
  public List<Map<String, Constant>> runs(int runs, int open) {
    int size = size(open);
    ImageSubset all = ImageSubset.all(images);
    Order order = all.shuffled(seed).limit(Math.max(all.size(), runs * size));
    List<Map<String, Constant>> fed = new ArrayList<>();
    try (Batches batches = all.batches(order, size, 1)) {
      while (fed.size() < runs && batches.hasNext()) {
        Batch next = batches.next();
        // One with damaged images left out is too small only where the file fixes its size.
        if (next.size() == size || size(0) == 0) {
          fed.add(named(next));
        }
      }
    }
    return fed;
  }

  /** A batch by the names of the model's inputs. */
  public Map<String, Constant> named(Batch batch) {
    Map<String, Constant> named = new LinkedHashMap<>();
    for (int i = 0; i < inputs.size(); i++) {
      Batch.Input input = batch.inputs().get(i);
      named.put(inputs.get(i).name(), Constant.of(input.values(), input.shape()));
    }
    return named;
  }
}
