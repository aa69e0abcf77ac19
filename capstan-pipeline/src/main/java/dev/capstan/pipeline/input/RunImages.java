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
import java.util.List;
import java.util.Map;

/**
 * Images as a model file takes them.
 *
 * @param images where they come from
 * @param input the model's input for them, as the file has it
 * @param seed of the choice of images
 */
public record RunImages(ImageStore images, Value input, long seed) {
  /** How many images a run takes: as many as the file says, else so many. */
  public int size(int open) {
    Dim batch = input.type().shape().dims().get(0);
    return batch.isKnown() ? Math.toIntExact(batch.size()) : open;
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
    List<Map<String, Constant>> inputs = new ArrayList<>();
    try (Batches batches = all.batches(order, size, 1)) {
      while (inputs.size() < runs && batches.hasNext()) {
        Batch next = batches.next();
        // One with damaged images left out is too small only where the file fixes its size.
        if (next.size() == size || !input.type().shape().dims().get(0).isKnown()) {
          inputs.add(Map.of(input.name(), Constant.of(next.pixels(), next.shape())));
        }
      }
    }
    return inputs;
  }
}
