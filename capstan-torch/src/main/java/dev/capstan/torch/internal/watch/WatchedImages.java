package dev.capstan.torch.internal.watch;

import dev.capstan.data.Batch;
import dev.capstan.data.ImageSubset;
import dev.capstan.data.Steps;
import dev.capstan.torch.internal.distributed.Exchange;
import dev.capstan.torch.internal.distributed.ProcessGroup;
import java.util.ArrayList;
import java.util.List;

/**
 * Images that a run is watched on, {@value Course#IMAGES} at most: this process's share of them,
 * which stays in memory. They are divided as steps are, so any number of processes sees the same
 * batches.
 *
 * @param batches of this process, perhaps none
 * @param count images of all processes
 */
public record WatchedImages(List<Batch> batches, long count, ProcessGroup group) {
  /** Copies the list. */
  public WatchedImages {
    batches = List.copyOf(batches);
  }

  /**
   * Reads them, in all processes together.
   *
   * @param heldOut images of which a few are taken
   * @param batch images a step
   * @param seed of what is taken
   * @param threads that prepare them
   */
  public static WatchedImages of(
      ImageSubset heldOut, int batch, long seed, Exchange exchange, int threads) {
    ImageSubset few = heldOut.sample(Course.IMAGES, seed);
    int size = Math.max(1, Math.min(batch, few.size()));
    List<Batch> own = new ArrayList<>();
    try (Steps steps = few.steps(few.inOrder(), size, exchange.division(), threads)) {
      while (steps.hasNext()) {
        own.addAll(steps.next());
      }
    }
    ProcessGroup group = exchange.group();
    double images = own.stream().mapToInt(Batch::size).sum();
    return new WatchedImages(own, Math.round(group.sum(images)), group);
  }

  /**
   * Means over the images of all processes, the same bits in each of them.
   *
   * @param figures how many
   * @param own what each of this process's batches has of them, in order
   */
  public double[] means(int figures, List<double[]> own) {
    double[] means = new double[figures];
    for (int i = 0; i < own.size(); i++) {
      double share = (double) batches.get(i).size() / count;
      for (int k = 0; k < figures; k++) {
        means[k] += share * own.get(i)[k];
      }
    }
    group.sum(means);
    return means;
  }
}
