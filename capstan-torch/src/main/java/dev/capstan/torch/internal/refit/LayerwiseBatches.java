package dev.capstan.torch.internal.refit;

import dev.capstan.data.Batch;
import dev.capstan.data.Division;
import dev.capstan.data.ImageSubset;
import dev.capstan.data.Steps;
import dev.capstan.torch.internal.distributed.ProcessGroup;
import dev.capstan.torch.internal.tensor.Tensors;
import java.util.ArrayList;
import java.util.List;
import org.bytedeco.javacpp.PointerScope;

/**
 * The images that equations are made of, all at the same layer: both networks run layer by layer
 * over all of them, so that each layer runs once an image, whatever the depth. As many images are
 * on their way as have room; more come in as activations become smaller.
 *
 * <p>Which ones these are hangs on no number of processes: of N each has every N-th batch.
 */
final class LayerwiseBatches implements AutoCloseable {
  private final Networks networks;
  private final Steps steps;
  private final Division division;
  private final int all;
  private final int size;
  private final ActivationMemory memory;
  private final List<BatchActivations> entered = new ArrayList<>();
  private long admitted;

  /**
   * Nothing is on its way yet.
   *
   * @param size images a batch
   * @param memory that the activations of all images may take, over all processes
   * @param threads that prepare images
   */
  LayerwiseBatches(
      Networks networks,
      ImageSubset images,
      int size,
      ActivationMemory memory,
      ProcessGroup group,
      int threads) {
    this.networks = networks;
    this.all = images.size();
    this.size = size;
    this.memory = memory;
    this.division = new Division(group.worldSize(), group.rank(), group.worldSize());
    this.steps = images.steps(images.inOrder(), size * group.worldSize(), division, threads);
  }

  /** Images on their way, over all processes, damaged ones included. */
  long images() {
    return admitted;
  }

  /**
   * This process's part of all images that have room, with both networks before a layer, the
   * original past it.
   */
  List<BatchActivations> reach(Layer layer) {
    entered.forEach(activations -> activations.reach(layer));
    long room = memory.images(layer.position());
    admitted = Math.max(admitted, room < all ? Math.max(size, room / size * size) : all);
    while (steps.hasNext() && Math.min(all, (next() + 1) * size) <= admitted) {
      long number = next();
      for (Batch batch : steps.next()) {
        BatchActivations activations = enter(batch, number);
        entered.add(activations);
        activations.reach(layer);
      }
    }
    return entered;
  }

  /** The number of this process's next batch. */
  private long next() {
    return steps.passed() * division.processes() + division.process();
  }

  private BatchActivations enter(Batch batch, long number) {
    try (PointerScope scope = new PointerScope()) {
      return new BatchActivations(networks, Tensors.of(batch), number, number * size);
    }
  }

  @Override
  public void close() {
    entered.forEach(BatchActivations::close);
    steps.close();
  }
}
